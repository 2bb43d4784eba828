use std::{io, net::SocketAddr};

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http_body_util::BodyExt as _;
use irori_test::conformance::Suite;
use tokio::net::TcpListener;

pub(super) async fn serve(
    listener: TcpListener,
    suite: Suite,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = suite.app().clone();
    let goodbye = irori_axum::drain_on(&app, stop);
    let greeting = Extension(suite.greeting());
    let router = irori_axum::routes(app).fallback(answer).layer(greeting).with_state(suite);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(goodbye).await
}

/// What is no path of the app: `/log` and its like.
async fn answer(State(suite): State<Suite>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    suite.answer(axum::http::Request::from_parts(parts, body)).await.map(Body::from)
}
