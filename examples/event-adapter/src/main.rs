//! A socket that counts, a room, and an echo, on a platform whose memory is gone after every event.
//!
//! ```text
//! cargo run -p event-adapter
//! websocat 'ws://127.0.0.1:3000/__sockets?m=src/main&s=count'
//! websocat 'ws://127.0.0.1:3000/__sockets?m=src/main&s=talk'
//! curl -d 'tea is ready' http://127.0.0.1:3000/talk
//! websocat ws://127.0.0.1:3000/echo
//! ```
//!
//! The count survives, since the connection's data does. `curl` speaks to the room from outside, wherever it is.

use std::{env, io};

use bytes::Bytes;
use event_adapter::{Edge, deploy, platform::Platform};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use irori::{
    App, Events, RoomRef, SocketRef, Upgrade, channel::NoKey, define_room, handler::define_socket_with,
    helper::UpgradeWebSocket,
};
use tokio::net::TcpListener;

/// Any message, and how many there were.
const COUNT: SocketRef<String, u64> = SocketRef::new("src/main", "count");

const TALK: RoomRef<NoKey, String, String, ()> = RoomRef::new("src/main", "talk");

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says where it listens")]
async fn main() -> io::Result<()> {
    let app = app().build().map_err(io::Error::other)?;
    let (platform, objects) = Platform::new();
    let (upgrade_websocket, wake) = deploy(&app, objects);

    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    tokio::select! {
        () = platform.serve(listener, move |request| answer(request, upgrade_websocket.clone()), wake) => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

fn app() -> App {
    let count = define_socket_with(COUNT, (), async |(), _: &Upgrade, _: &NoKey| Ok(0));
    let count = count.on_message(async |(), socket, _| {
        *socket.data_mut() += 1;
        socket.send(socket.data())?;
        Ok(())
    });
    let talk = define_room(TALK, ()).on_message(async |(), member, words| {
        member.broadcast_with_self(&words)?;
        Ok(())
    });
    let echo = || {
        Events::new().on_message(async |(), ws, message| {
            ws.send(message)?;
            Ok(())
        })
    };
    App::new().socket(COUNT, count).room(TALK, talk).websocket("/echo", move |_: &Upgrade| echo())
}

async fn answer(request: Request<Incoming>, upgrade_websocket: UpgradeWebSocket<Edge>) -> Response<Full<Bytes>> {
    match request.uri().path() {
        path if upgrade_websocket.app().serves(path) => upgrade_websocket.route(request).await,
        "/talk" => say(request, &upgrade_websocket).await.unwrap_or_else(status),
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// Says the body to all who talk.
async fn say(
    request: Request<Incoming>,
    upgrade_websocket: &UpgradeWebSocket<Edge>,
) -> Result<Response<Full<Bytes>>, StatusCode> {
    let body = Limited::new(request.into_body(), 1024).collect().await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let words = String::from_utf8(body.to_bytes().into()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let talk = upgrade_websocket.app().rooms().of(TALK, &NoKey);
    let delivery = talk.broadcast(&words).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(Response::new(Full::from(format!("{} heard it\n", delivery.reached))))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}
