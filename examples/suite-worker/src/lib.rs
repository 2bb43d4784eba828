//! The app of the conformance kit as a Worker, for the kit and for foreign clients:
//!
//! ```sh
//! cargo xtask worker serve suite-worker
//! ```

use std::cell::OnceCell;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use irori::BuiltApp;
use irori_cloudflare::{BINDING, WorkersRuntime, upgrade_websocket};
use irori_test::conformance::{Pause, Profile, Suite};
use worker::{Context, Env, HttpRequest, event};

irori_cloudflare::object!(app);

thread_local! {
    static SUITE: OnceCell<Suite> = const { OnceCell::new() };
}

fn app(env: &Env) -> BuiltApp {
    suite(env).app().clone()
}

/// The suite, under the limits of the profile that the binding `PROFILE` names.
fn suite(env: &Env) -> Suite {
    let make = || {
        let profile = env.var("PROFILE").ok().and_then(|profile| profile.to_string().parse().ok());
        Suite::new(profile.unwrap_or(Profile::Standard), Pause::of(WorkersRuntime))
    };
    SUITE.with(|suite| suite.get_or_init(make).clone())
}

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _: Context) -> worker::Result<worker::Response> {
    let app = IroriObject::app(&env)?;
    let suite = suite(&env).with_app(app.clone());
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(suite.greeting());
    let path = parts.uri.path();
    if path != "/direct" && !app.serves(path) {
        let body = body.collect().await?.to_bytes();
        return respond(suite.answer(Request::from_parts(parts, body)).await);
    }
    let upgrade_websocket = upgrade_websocket(&env, BINDING).serve(app);
    let is_direct = path == "/direct";
    let request = Request::from_parts(parts, ());
    let response = match is_direct {
        true if request.headers().get("x-key").is_none_or(|key| key != "open") => unauthorized(),
        true => upgrade_websocket.direct(request, suite.direct_events()).await,
        false => upgrade_websocket.route(request).await,
    };
    respond(response.map(Bytes::from))
}

fn unauthorized() -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

fn respond(response: Response<Bytes>) -> worker::Result<worker::Response> {
    worker::response_to_wasm(response.map(http_body_util::Full::new)).map(Into::into)
}
