//! The conformance kit against the platform, over TCP.

#![allow(clippy::expect_used, reason = "a host that cannot be started fails the case")]

use std::{process::ExitCode, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use event_adapter::{
    Edge, deploy,
    platform::{Objects, Platform},
};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use irori::{
    helper::{RoomKey, UpgradeWebSocket},
    rt::BoxFuture,
};
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, Upgraded, run};
use tokio::{net::TcpListener, runtime::Builder, task::JoinSet};

struct OnPlatform;

#[async_trait]
impl Harness for OnPlatform {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Fragments, Hibernation, Http, Records, RemoteAddr, Unwind};
        &[Fragments, Bytes, Http, RemoteAddr, Unwind, Hibernation, Records]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(TokioRuntime)
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let (platform, objects) = Platform::new();
        let (upgrade_websocket, wake) = deploy(suite.app(), objects.clone());
        let suite = suite.with_app(upgrade_websocket.app().clone());
        let answer = move |request| answer(request, suite.clone(), upgrade_websocket.clone());
        let mut server = JoinSet::new(); // ends with the host
        server.spawn(platform.serve(listener, answer, wake));
        Box::new(OnTcp { tcp: TcpHost::new(addr, server), objects })
    }
}

async fn answer(
    mut request: Request<Incoming>,
    suite: Suite,
    upgrade_websocket: UpgradeWebSocket<Edge>,
) -> Response<Full<Bytes>> {
    request.extensions_mut().insert(suite.greeting());
    match request.uri().path() {
        "/direct" if request.headers().get("x-key").is_none_or(|key| key != "open") => {
            Response::builder().status(401).body(Full::default()).expect("an answer")
        }
        "/direct" => upgrade_websocket.direct(request, suite.direct_events()).await,
        path if suite.app().serves(path) => upgrade_websocket.route(request).await,
        _ => {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            suite.answer(Request::from_parts(parts, body)).await.map(Full::from)
        }
    }
}

/// A host on TCP, whose memory is gone after every event anyway.
struct OnTcp {
    tcp: TcpHost<JoinSet<()>>,
    objects: Objects,
}

#[async_trait]
impl Host for OnTcp {
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.tcp.request(request).await
    }

    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>> {
        self.tcp.upgrade(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.tcp.sleep(duration).await;
    }

    async fn rewrite(&self, room: &RoomKey, old: &str, new: &str) -> usize {
        let mut sockets = self.objects.sockets(room.to_string()).await;
        sockets.retain(|socket| socket.kept().contains(old));
        for socket in &sockets {
            socket.keep(socket.kept().replace(old, new)).expect("it is no larger");
        }
        sockets.len()
    }
}

fn main() -> ExitCode {
    run(OnPlatform)
}
