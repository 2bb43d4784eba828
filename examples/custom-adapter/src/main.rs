//! An echo on hyper itself, beside an answer of the host's own.
//!
//! ```text
//! cargo run -p custom-adapter
//! websocat ws://127.0.0.1:3000/echo
//! ```

use std::{env, error::Error};

use bytes::Bytes;
use custom_adapter::{Hyper, serve};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use irori::{App, Events, Upgrade, define_websocket_helper, helper::UpgradeWebSocket};
use irori_hyper::TokioRuntime;
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says where it listens")]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = App::new().websocket("/echo", |_: &Upgrade| echo()).build()?;
    let upgrade_websocket = define_websocket_helper(Hyper).serve(app.clone());

    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on ws://{}/echo", listener.local_addr()?);
    let goodbye = async {
        let interrupted = tokio::signal::ctrl_c().await;
        app.drain(&TokioRuntime).await;
        interrupted
    };
    tokio::select! {
        () = serve(listener, move |request| answer(request, upgrade_websocket.clone())) => Ok(()),
        interrupted = goodbye => Ok(interrupted?),
    }
}

fn echo() -> Events {
    Events::new().on_message(async |(), ws, message| {
        ws.send(message)?;
        Ok(())
    })
}

async fn answer(request: Request<Incoming>, upgrade_websocket: UpgradeWebSocket<Hyper>) -> Response<Full<Bytes>> {
    match request.uri().path() {
        path if upgrade_websocket.app().serves(path) => upgrade_websocket.route(request).await,
        _ => Response::new(Full::from("an echo is at /echo\n")),
    }
}
