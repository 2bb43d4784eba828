//! warp as a host.

use irori::{
    Upgrade, WebSocketHelper, define_websocket_helper,
    helper::{Admission, UpgradeWebSocket},
};
use irori_hyper::{Handshake, TokioRuntime};
use warp::{
    http::{self, Request},
    reply::{Reply as _, Response},
};

/// warp, as the core sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Warp;

/// Upgrades warp's requests, as [`request`](crate::request) extracts them; [`serve`](UpgradeWebSocket::serve) gives it an
/// app.
///
/// [`routes`](crate::routes) and [`WebSocketUpgrade`](crate::WebSocketUpgrade) are made of it, and need it seldom to be
/// named.
pub fn upgrade_websocket() -> UpgradeWebSocket<Warp> {
    define_websocket_helper(Warp)
}

impl WebSocketHelper for Warp {
    type Request = Request<()>;
    type Pending = Handshake;
    type Response = Response;
    type Runtime = TokioRuntime;

    fn runtime(&self) -> &TokioRuntime {
        &TokioRuntime
    }

    fn read(&self, request: Request<()>) -> (Upgrade, Handshake) {
        let (upgrade, handshake) = irori_hyper::read(request);
        let address = upgrade.extension().copied();
        (upgrade.with_remote_addr(address), handshake)
    }

    fn respond(&self, _: Handshake, response: http::Response<String>) -> Response {
        response.into_response()
    }

    async fn accept(&self, handshake: Handshake, admission: Admission) -> Response {
        let (response, connection) = handshake.accept(admission, TokioRuntime);
        tokio::spawn(connection);
        response.map(|()| "").into_response()
    }
}
