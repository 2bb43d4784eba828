//! The conformance kit against hyper itself, over TCP.

#![allow(clippy::expect_used, reason = "a host that cannot be started fails the case")]

use std::process::ExitCode;

use async_trait::async_trait;
use bytes::Bytes;
use custom_adapter::{Hyper, serve};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use irori::{define_websocket_helper, rt::BoxFuture};
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, run};
use tokio::{net::TcpListener, runtime::Builder, task::JoinSet};

struct OnHyper;

#[async_trait]
impl Harness for OnHyper {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Census, Drain, Fragments, Handles, Http, Memory, RemoteAddr, Stall, Stream, Unwind};
        &[Fragments, Bytes, Http, RemoteAddr, Stall, Stream, Memory, Handles, Unwind, Census, Drain]
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
        let mut server = JoinSet::new(); // ends with the host
        server.spawn(serve(listener, move |request| answer(request, suite.clone())));
        Box::new(TcpHost::new(addr, server))
    }
}

async fn answer(mut request: Request<Incoming>, suite: Suite) -> Response<Full<Bytes>> {
    request.extensions_mut().insert(suite.greeting());
    let upgrade_websocket = define_websocket_helper(Hyper).serve(suite.app().clone());
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

fn main() -> ExitCode {
    run(OnHyper)
}
