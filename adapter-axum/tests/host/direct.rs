use axum::{
    Extension, Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::any,
};
use irori_axum::WebSocketUpgrade;

use crate::client::{app, assert_echo, closed, connect, echo, refused, request, send, serve};

async fn checked(ws: WebSocketUpgrade, uri: Uri) -> Response {
    match uri.query() {
        Some("key=hearth") => ws.direct(echo()).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn a_handler_checks_and_then_upgrades() {
    let address = serve(Router::new().route("/direct", any(checked))).await;
    assert_echo(&mut connect(address, "/direct?key=hearth").await, "hello").await;
    assert_eq!(refused(address, "/direct?key=guess").await, 401);
    assert!(request(address, "GET", "/direct?key=hearth").await.starts_with("HTTP/1.1 426 "));
    assert!(request(address, "POST", "/direct?key=hearth").await.starts_with("HTTP/1.1 405 "));
}

#[tokio::test]
async fn connections_belong_to_the_app_among_the_extensions() {
    let app = app().limits(|limits| limits.message.bytes = 8).build().unwrap();
    let address = serve(Router::new().route("/direct", any(checked)).layer(Extension(app.clone()))).await;
    let mut client = connect(address, "/direct?key=hearth").await;
    assert_echo(&mut client, "12345678").await;
    assert_eq!(app.connections(), 1);
    send(&mut client, "123456789").await;
    assert_eq!(closed(&mut client).await, (1009, "message too big".into()));
}
