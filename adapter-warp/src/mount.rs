//! An app as a filter.

use std::future;

use irori::{BuiltApp, app::IntoBuiltApp, helper::UpgradeWebSocket};
use warp::{Filter, Rejection, http::Request, path::Peek, reject, reply::Response};

use crate::{
    request::request_at,
    upgrade::{Warp, upgrade_websocket},
};

/// The routes of an app, as a filter beside others: [`or`](Filter::or) goes on with what is not the app's. What filters
/// before it have matched of the path is no part of the app's routes, so that `warp::path("api").and(routes(app))` serves
/// them under `/api`.
///
/// Give it a [`BuiltApp`] and keep a clone, to reach its rooms or to [drain](crate::drain_on) it; an [`App`](irori::App)
/// will do where neither is wanted. Every method leads to the app, which answers 405 to the wrong ones.
///
/// # Panics
///
/// When an [`App`](irori::App) cannot be built, with all that is wrong with it, as other routers do for routes that make
/// no sense. `routes(app.build()?)` does not panic.
pub fn routes(app: impl IntoBuiltApp) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone {
    let upgrade = upgrade_websocket().serve(app.into_built_app());
    request_at(tail(upgrade.app().clone())).then(move |request| answer(upgrade.clone(), request))
}

/// The [`routes`] of an app, with what another filter extracts attached to their requests: guards and `data` find it by
/// [`Upgrade::extension`](irori::Upgrade::extension).
///
/// ```
/// use irori::{App, Rejection, Upgrade};
/// use warp::Filter;
///
/// #[derive(Clone)]
/// struct User(String);
///
/// async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
///     upgrade.extension().map(|User(_)| ()).ok_or(Rejection::Deny)
/// }
///
/// let app = App::new().guard(signed_in);
/// let user = warp::header("x-user").map(User); // set by the proxy in front
/// let routes = irori_warp::routes_with(app, user);
/// ```
///
/// The filter runs for the app's paths alone, and what it rejects never reaches the app. What a tower layer around
/// [`warp::service`] has put among the extensions is handed on by [`warp::ext::get`]. A
/// [`SocketAddr`](std::net::SocketAddr) is taken for the peer's address: behind a proxy, extract the one that it tells.
///
/// # Panics
///
/// As [`routes`] does.
pub fn routes_with<T, F>(
    app: impl IntoBuiltApp,
    attach: F,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone
where
    T: Clone + Send + Sync + 'static,
    F: Filter<Extract = (T,), Error: Into<Rejection>> + Send + Sync + 'static,
{
    let upgrade = upgrade_websocket().serve(app.into_built_app());
    let attached = |mut request: Request<()>, value| {
        request.extensions_mut().insert(value);
        request
    };
    request_at(tail(upgrade.app().clone()))
        .and(attach.boxed())
        .map(attached)
        .then(move |request| answer(upgrade.clone(), request))
}

/// What no filter has matched of the path yet, if the app serves it.
fn tail(app: BuiltApp) -> impl Filter<Extract = (String,), Error = Rejection> + Clone {
    warp::path::peek().and_then(move |tail: Peek| {
        let path = format!("/{}", tail.as_str());
        future::ready(if app.serves(&path) { Ok(path) } else { Err(reject::not_found()) })
    })
}

async fn answer(upgrade: UpgradeWebSocket<Warp>, request: Request<()>) -> Response {
    upgrade.route(request).await
}
