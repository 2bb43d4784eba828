use std::{io, net::SocketAddr};

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http_body_util::BodyExt;
use irori_test::conformance::Suite;
use tokio::net::TcpListener;

/// Serves the suite until ctrl-c.
#[expect(clippy::print_stdout, reason = "whoever started it waits for this line")]
pub(crate) async fn serve(suite: Suite, addr: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = suite.app().clone();
    let greeting = Extension(suite.greeting());
    let router = irori_axum::routes(app.clone()).fallback(answer).layer(greeting).with_state(suite);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let interrupted = async {
        // Without a handler for ctrl-c the process ends by it anyway.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, service).with_graceful_shutdown(irori_axum::drain_on(&app, interrupted)).await
}

/// What is no path of the app: `/log` and its like.
async fn answer(State(suite): State<Suite>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    suite.answer(axum::http::Request::from_parts(parts, body)).await.map(Body::from)
}
