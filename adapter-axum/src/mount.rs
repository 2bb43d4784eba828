//! An app as routes of a router.

use axum::{Router, extract::Request, routing::any};
use irori::app::IntoBuiltApp;

use crate::{path::paths, upgrade::upgrade_websocket};

/// The routes of an app, for a router with any state: [`merge`](Router::merge) or [`nest`](Router::nest) them.
///
/// Give it a [`BuiltApp`](irori::BuiltApp) and keep a clone, to reach its rooms or to [drain](crate::drain_on) it; an [`App`](irori::App) will do
/// where neither is wanted. Every method leads to the app, which answers 405 to the wrong ones.
///
/// # Panics
///
/// When an [`App`](irori::App) cannot be built, with all that is wrong with it, as `Router` does for routes that make no sense.
/// `routes(app.build()?)` does not panic.
pub fn routes<S>(app: impl IntoBuiltApp) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let app = app.into_built_app();
    let upgrade = upgrade_websocket().serve(app.clone());
    let serve = any(move |request: Request| {
        let upgrade = upgrade.clone();
        async move { upgrade.route(request).await }
    });
    paths(app.paths()).iter().fold(Router::new(), |router, path| router.route(path, serve.clone()))
}
