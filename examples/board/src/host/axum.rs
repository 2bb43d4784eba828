use std::error::Error;

use axum::{
    Form, Router,
    http::header::{CONTENT_TYPE, SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Redirect},
    routing::{get, post},
};
use board::{User, page};
use irori::App;
use serde::Deserialize;
use tokio::net::TcpListener;

pub(super) async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let app = app.build()?;
    let goodbye = irori_axum::drain_on(&app, stop);
    let router = pages().merge(irori_axum::routes(app));
    axum::serve(listener, router).with_graceful_shutdown(goodbye).await?;
    Ok(())
}

fn pages() -> Router {
    let router = Router::new().route("/sign-in", post(sign_in)).route("/sign-out", post(sign_out));
    page::FILES
        .into_iter()
        .fold(router, |router, file| router.route(file.path, get(([(CONTENT_TYPE, file.media_type)], file.text))))
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

/// Without a name that will do, nothing changes: the page asks again.
async fn sign_in(Form(form): Form<SignIn>) -> impl IntoResponse {
    let cookie = User::named(&form.name).map(|user| AppendHeaders([(SET_COOKIE, user.sign_in())]));
    (cookie, Redirect::to("/"))
}

async fn sign_out() -> impl IntoResponse {
    ([(SET_COOKIE, User::SIGN_OUT)], Redirect::to("/"))
}
