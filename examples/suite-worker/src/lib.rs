//! The app of the conformance kit as a Worker, for the kit and for foreign clients:
//!
//! ```sh
//! cargo xtask worker serve suite-worker
//! ```
//!
//! It is an axum router on Workers, so that the kit sees that too; `examples/board-worker` has no router.

use std::cell::OnceCell;

use axum::{
    Extension, Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::any,
};
use http_body_util::BodyExt as _;
use irori::BuiltApp;
use irori_cloudflare::{BINDING, WorkersRuntime, upgrade_websocket};
use irori_test::conformance::{Pause, Profile, Suite};
use tower_service::Service as _;
use worker::{Context, Env, HttpRequest, event};

irori_cloudflare::object!(app);

thread_local! {
    static SUITE: OnceCell<Suite> = const { OnceCell::new() };
}

fn app(env: &Env) -> BuiltApp {
    suite(env).app().clone()
}

/// The suite, under the limits of the profile that the variable `PROFILE` names.
fn suite(env: &Env) -> Suite {
    let make = || {
        let profile = env.var("PROFILE").ok().and_then(|profile| profile.to_string().parse().ok());
        Suite::new(profile.unwrap_or(Profile::Standard), Pause::of(WorkersRuntime))
    };
    SUITE.with(|suite| suite.get_or_init(make).clone())
}

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _: Context) -> worker::Result<Response> {
    let greeting = Extension(suite(&env).greeting());
    let mut router = Router::new().route("/direct", any(direct)).fallback(answer).layer(greeting).with_state(env);
    let Ok(response) = router.call(request).await;
    Ok(response)
}

/// The direct form, after a check of its own.
#[worker::send]
async fn direct(State(env): State<Env>, request: Request) -> Response {
    if request.headers().get("x-key").is_none_or(|key| key != "open") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let events = suite(&env).direct_events();
    upgrade_websocket(&env, BINDING).direct(request.map(drop), events).await.map(Body::from)
}

/// The app's paths, and `/log` and its like.
#[worker::send]
async fn answer(State(env): State<Env>, request: Request) -> Response {
    let app = match IroriObject::app(&env) {
        Ok(app) => app,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    if app.serves(request.uri().path()) {
        return upgrade_websocket(&env, BINDING).serve(app).route(request.map(drop)).await.map(Body::from);
    }
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    suite(&env).with_app(app).answer(Request::from_parts(parts, body)).await.map(Body::from)
}
