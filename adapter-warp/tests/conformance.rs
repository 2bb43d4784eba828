//! The conformance kit against warp, over TCP.

#![allow(clippy::expect_used, reason = "a host that cannot be started fails the case")]

use std::process::ExitCode;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode};
use irori::rt::BoxFuture;
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, run};
use irori_warp::WebSocketUpgrade;
use tokio::{net::TcpListener, task::JoinSet};
use warp::{
    Filter,
    reply::{Reply, Response},
};

struct Warp;

#[async_trait]
impl Harness for Warp {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Census, Drain, Fragments, Handles, Http, Memory, RemoteAddr, Stall, Stream, Unwind};
        &[Fragments, Bytes, Http, RemoteAddr, Stall, Stream, Memory, Handles, Unwind, Census, Drain]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(TokioRuntime)
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let greeting = suite.greeting();
        let routes = irori_warp::routes_with(suite.app().clone(), warp::any().map(move || greeting.clone()));
        let routes = routes.or(direct(suite.clone())).or(rest(suite));
        let mut server = JoinSet::new(); // ends with the host
        server.spawn(warp::serve(routes).incoming(listener).run());
        Box::new(TcpHost::new(addr, server))
    }
}

/// The direct form, after a check of its own.
fn direct(suite: Suite) -> impl Filter<Extract = (Response,), Error = warp::Rejection> + Clone {
    let checked = async |suite: Suite, key: Option<String>, ws: WebSocketUpgrade| match key.as_deref() {
        Some("open") => ws.direct(suite.direct_events()).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    };
    let upgrade = irori_warp::ws(suite.app().clone());
    warp::path!("direct").map(move || suite.clone()).and(warp::header::optional("x-key")).and(upgrade).then(checked)
}

/// What is no path of the app: `/log` and its like.
fn rest(suite: Suite) -> impl Filter<Extract = (impl Reply,), Error = warp::Rejection> + Clone {
    irori_warp::request().and(warp::body::bytes()).then(move |request: Request<()>, body: Bytes| {
        let suite = suite.clone();
        async move { suite.answer(request.map(|()| body)).await }
    })
}

fn main() -> ExitCode {
    run(Warp)
}
