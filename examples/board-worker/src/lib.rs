//! The board as a Worker: `cargo xtask worker serve board-worker` here, `npx wrangler deploy` on the edge.

use board::site;
use http_body_util::{BodyExt as _, Limited};
use irori::App;
use worker::{Context, Date, Env, HttpRequest};

irori_cloudflare::worker!(app, fallback = site);

fn app() -> App {
    board::app(|| Date::now().as_millis())
}

async fn site(request: HttpRequest, _: Env, _: Context) -> worker::Result<worker::Response> {
    let (head, body) = request.into_parts();
    // One that is too long counts as none.
    let form = Limited::new(body, site::FORM_BYTES).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    worker::response_to_wasm(site::answer(&head.method, head.uri.path(), &form)).map(Into::into)
}
