//! axum as a host.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use irori::{
    Upgrade, WebSocketHelper, define_websocket_helper,
    helper::{Admission, UpgradeWebSocket},
};
use irori_hyper::{Handshake, TokioRuntime};

/// axum, as the core sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Axum;

/// Upgrades axum's requests; [`serve`](UpgradeWebSocket::serve) gives it an app.
///
/// [`routes`](crate::routes) and [`WebSocketUpgrade`](crate::WebSocketUpgrade) are made of it, and need it seldom to be
/// named.
pub fn upgrade_websocket() -> UpgradeWebSocket<Axum> {
    define_websocket_helper(Axum)
}

impl WebSocketHelper for Axum {
    type Request = Request;
    type Pending = Handshake;
    type Response = Response;
    type Runtime = TokioRuntime;

    fn runtime(&self) -> &TokioRuntime {
        &TokioRuntime
    }

    fn read(&self, request: Request) -> (Upgrade, Handshake) {
        let (upgrade, handshake) = irori_hyper::read(request);
        let address = upgrade.extension().map(|&ConnectInfo(address): &ConnectInfo<SocketAddr>| address);
        (upgrade.with_remote_addr(address), handshake)
    }

    fn respond(&self, _: Handshake, response: Response<String>) -> Response {
        response.map(Body::from)
    }

    async fn accept(&self, handshake: Handshake, admission: Admission) -> Response {
        let (response, connection) = handshake.accept(admission, TokioRuntime);
        tokio::spawn(connection);
        response.map(|()| Body::empty())
    }
}
