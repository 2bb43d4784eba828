//! What is served beside the app: the page, and signing in.

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use garde::Validate as _;

use crate::{
    shared::Problem,
    token::{Tokens, User},
};

/// Bytes of a request to sign in.
const SIGN_IN_BYTES: usize = 1024;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page, and `POST /sign-in`, which answers `{"name": ".."}` with a token of these.
pub fn routes(tokens: Tokens) -> Router {
    let html = file("text/html; charset=utf-8", include_str!("../page/index.html"));
    let css = file("text/css; charset=utf-8", include_str!("../page/chat.css"));
    let js = file(SCRIPT, include_str!("../page/chat.js"));
    let contract = file(SCRIPT, include_str!("../page/contract.js"));
    let sign_in = post(sign_in).layer(DefaultBodyLimit::max(SIGN_IN_BYTES)).with_state(tokens);
    let page = Router::new().route("/", get(html)).route("/chat.css", get(css)).route("/chat.js", get(js));
    page.route("/contract.js", get(contract)).route("/sign-in", sign_in)
}

fn file(media_type: &'static str, text: &'static str) -> impl IntoResponse + Clone {
    ([(CONTENT_TYPE, media_type)], text)
}

/// Whoever says a name gets it. This is where yours would look for a password, a session or a passkey.
async fn sign_in(State(tokens): State<Tokens>, Json(user): Json<User>) -> Response {
    if let Err(report) = user.validate() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(Problem::invalid(&report))).into_response();
    }
    match tokens.issue(&user) {
        Ok(ticket) => ([(CACHE_CONTROL, "no-store")], Json(ticket)).into_response(),
        Err(error) => {
            tracing::error!(%error, "no token could be issued");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
