//! The conformance kit against axum, over TCP.

#![allow(clippy::expect_used, reason = "a host that cannot be started fails the case")]

use std::{net::SocketAddr, process::ExitCode};

use async_trait::async_trait;
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use http_body_util::BodyExt;
use irori::rt::BoxFuture;
use irori_axum::WebSocketUpgrade;
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, run};
use tokio::{net::TcpListener, task::JoinSet};

struct Axum;

#[async_trait]
impl Harness for Axum {
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
        let app = suite.app().clone();
        let direct = any(direct).layer(Extension(app.clone()));
        let greeting = Extension(suite.greeting());
        let router =
            irori_axum::routes(app).route("/direct", direct).fallback(answer).layer(greeting).with_state(suite);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = JoinSet::new(); // ends with the host
        server.spawn(async { axum::serve(listener, service).await });
        Box::new(TcpHost::new(addr, server))
    }
}

/// The direct form, after a check of its own.
async fn direct(State(suite): State<Suite>, headers: HeaderMap, ws: WebSocketUpgrade) -> Response {
    if headers.get("x-key").is_none_or(|key| key != "open") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    ws.direct(suite.direct_events()).await
}

/// What is no path of the app: `/log` and its like.
async fn answer(State(suite): State<Suite>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    suite.answer(axum::http::Request::from_parts(parts, body)).await.map(Body::from)
}

fn main() -> ExitCode {
    run(Axum)
}
