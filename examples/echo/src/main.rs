//! An echo in all forms: as a route of the app, inside a handler that has checks of its own, and as a socket with types, for
//! the page of `examples/echo-page`.
//!
//! ```text
//! cargo run -p echo
//! websocat ws://127.0.0.1:3000/echo
//! websocat ws://127.0.0.1:3000/direct?key=hearth
//! cargo xtask page build echo-page                  # then open http://127.0.0.1:3000
//! ```

mod page;

use std::{env, io};

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::any,
};
use irori::{App, Events, SocketRef, Upgrade, define_socket};
use irori_axum::WebSocketUpgrade;
use tokio::net::TcpListener;

const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");

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
    let typed = define_socket(ECHO, ()).on_message(async |(), conn, text| {
        conn.send(&text)?;
        Ok(())
    });
    let app = App::new().websocket("/echo", |_: &Upgrade| echo()).socket(ECHO, typed);
    let router = Router::new().merge(irori_axum::routes(app)).route("/direct", any(direct)).fallback(page::page);

    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on ws://{}/echo", listener.local_addr()?);
    axum::serve(listener, router).await
}
