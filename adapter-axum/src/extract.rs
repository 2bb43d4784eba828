//! The direct form: an upgrade inside a handler.

use std::{convert::Infallible, fmt, sync::LazyLock};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::request::Parts,
    response::Response,
};
use irori::{BuiltApp, handler::IntoAccept, helper::UpgradeWebSocket};

use crate::upgrade::{Axum, upgrade_websocket};

/// A request that may become a WebSocket, for handlers that decide by themselves.
///
/// ```
/// use axum::{
///     Router,
///     http::{StatusCode, Uri},
///     response::{IntoResponse, Response},
///     routing::any,
/// };
/// use irori::Events;
/// use irori_axum::WebSocketUpgrade;
///
/// async fn greet(uri: Uri, ws: WebSocketUpgrade) -> Response {
///     if uri.query() != Some("key=hearth") {
///         return StatusCode::UNAUTHORIZED.into_response();
///     }
///     ws.direct(Events::new().on_open(async |(), ws| {
///         ws.send("welcome")?;
///         Ok(())
///     }))
///     .await
/// }
///
/// let router: Router = Router::new().route("/greet", any(greet));
/// ```
///
/// The app's guards do not run here: the handler's own checks are in their place. The origin is checked all the same.
///
/// Its connections belong to the [`BuiltApp`] among the request's extensions, so that the app's limits, its error hook
/// and its drain cover them: `router.layer(Extension(app))`. Without one they belong to an app of their own, under the
/// default limits.
#[must_use = "a request that is not answered upgrades nothing"]
pub struct WebSocketUpgrade {
    upgrade: UpgradeWebSocket<Axum>,
    request: Request,
}

/// Whom connections belong to that no app claims.
static UNCLAIMED: LazyLock<UpgradeWebSocket<Axum>> = LazyLock::new(upgrade_websocket);

impl WebSocketUpgrade {
    /// Upgrades, or says why not: 426 to a plain request, 403 to a foreign origin, 503 while the app drains.
    ///
    /// `events` are events alone, or in an [`Accept`](irori::handler::Accept) that says how to answer.
    pub async fn direct(self, events: impl IntoAccept) -> Response {
        self.upgrade.direct(self.request, events).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let app = parts.extensions.get::<BuiltApp>();
        let upgrade = app.map_or_else(|| UNCLAIMED.clone(), |app| upgrade_websocket().serve(app.clone()));
        Ok(Self { upgrade, request: Request::from_parts(parts.clone(), Body::empty()) })
    }
}

impl fmt::Debug for WebSocketUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketUpgrade").field("uri", self.request.uri()).finish_non_exhaustive()
    }
}
