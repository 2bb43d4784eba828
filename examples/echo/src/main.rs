//! An echo in both forms: as a route of the app, and inside a handler that has checks of its own.
//!
//! ```text
//! cargo run -p echo
//! websocat ws://127.0.0.1:3000/echo
//! websocat ws://127.0.0.1:3000/direct?key=hearth
//! ```

use std::{env, io};

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::any,
};
use irori::{App, Events, Upgrade};
use irori_axum::WebSocketUpgrade;
use tokio::net::TcpListener;

fn echo() -> Events {
    Events::new().on_message(async |(), ws, message| {
        ws.send(message)?;
        Ok(())
    })
}

async fn direct(uri: Uri, ws: WebSocketUpgrade) -> Response {
    if uri.query() != Some("key=hearth") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    ws.direct(echo()).await
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says where it listens")]
async fn main() -> io::Result<()> {
    let app = App::new().websocket("/echo", |_: &Upgrade| echo());
    let router = Router::new().merge(irori_axum::routes(app)).route("/direct", any(direct));

    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on ws://{}/echo", listener.local_addr()?);
    axum::serve(listener, router).await
}
