//! The direct form: an upgrade inside a handler.

use std::fmt;

use irori::{app::IntoBuiltApp, handler::IntoAccept, helper::UpgradeWebSocket};
use warp::{Filter, Rejection, http::Request, reply::Response};

use crate::{
    request::request,
    upgrade::{Warp, upgrade_websocket},
};

/// Extracts a [`WebSocketUpgrade`], for handlers that decide by themselves.
///
/// ```
/// use irori::{App, Events};
/// use irori_warp::WebSocketUpgrade;
/// use warp::{Filter, http::StatusCode, reply::{Reply as _, Response}};
///
/// async fn greet(key: String, ws: WebSocketUpgrade) -> Response {
///     if key != "hearth" {
///         return StatusCode::UNAUTHORIZED.into_response();
///     }
///     ws.direct(Events::new().on_open(async |(), ws| {
///         ws.send("welcome")?;
///         Ok(())
///     }))
///     .await
/// }
///
/// let greet = warp::path!("greet" / String).and(irori_warp::ws(App::new())).then(greet);
/// ```
///
/// It rejects nothing: what is no upgrade is answered by [`direct`](WebSocketUpgrade::direct). The connections belong to
/// `app`, so that its limits, its error hook and its drain cover them; its guards do not run here.
///
/// # Panics
///
/// When an [`App`](irori::App) cannot be built, as [`routes`](crate::routes) does.
pub fn ws(app: impl IntoBuiltApp) -> impl Filter<Extract = (WebSocketUpgrade,), Error = Rejection> + Clone {
    let upgrade = upgrade_websocket().serve(app.into_built_app());
    request().map(move |request| WebSocketUpgrade { upgrade: upgrade.clone(), request })
}

/// A request that may become a WebSocket. [`ws`] extracts it.
#[must_use = "a request that is not answered upgrades nothing"]
pub struct WebSocketUpgrade {
    upgrade: UpgradeWebSocket<Warp>,
    request: Request<()>,
}

impl WebSocketUpgrade {
    /// Upgrades, or says why not: 426 to a plain request, 403 to a foreign origin, 503 while the app drains.
    ///
    /// `events` are events alone, or in an [`Accept`](irori::handler::Accept) that says how to answer. The handler's own
    /// checks are in the place of the app's guards. The origin is checked all the same.
    pub async fn direct(self, events: impl IntoAccept) -> Response {
        self.upgrade.direct(self.request, events).await
    }
}

impl fmt::Debug for WebSocketUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketUpgrade").field("uri", self.request.uri()).finish_non_exhaustive()
    }
}
