//! A server on a port of its own, and clients to it. Nothing waits longer than [`PATIENCE`].

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use futures_util::{SinkExt as _, StreamExt as _};
use irori::{App, BuiltApp, Events};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// Serves a router until the test ends.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Serves an app alone.
pub(crate) async fn serve_app(app: &BuiltApp) -> SocketAddr {
    serve(irori_axum::routes(app.clone())).await
}

/// An app whose rates no test runs into.
pub(crate) fn app() -> App {
    App::new().limits(|limits| {
        limits.rate.messages = 1_000_000;
        limits.rate.burst = 1_000_000;
        limits.rate.bytes = 1_000_000_000;
    })
}

/// Events that send every message back.
pub(crate) fn echo() -> Events {
    Events::new().on_message(async |(), ws, message| {
        ws.send(message)?;
        Ok(())
    })
}

/// Ends the test when `future` takes too long.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// A client over TCP.
pub(crate) type Client = WebSocketStream<TcpStream>;

pub(crate) async fn connect(address: SocketAddr, path: &str) -> Client {
    try_connect(address, path).await.unwrap()
}

/// The status of an upgrade that is refused.
pub(crate) async fn refused(address: SocketAddr, path: &str) -> u16 {
    match try_connect(address, path).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused: {other:?}"),
    }
}

async fn try_connect(address: SocketAddr, path: &str) -> Result<Client, Error> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (client, _) = within(client_async(format!("ws://{address}{path}"), stream)).await?;
    Ok(client)
}

/// The answer to a request without a body, head and all.
pub(crate) async fn request(address: SocketAddr, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

/// The headers of an upgrade.
pub(crate) fn upgrade_headers() -> [(&'static str, &'static str); 5] {
    [
        ("host", "127.0.0.1"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
}

/// The head of an upgrade as it goes over the wire.
pub(crate) fn upgrade_head(path: &str) -> String {
    let headers = upgrade_headers().map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("GET {path} HTTP/1.1\r\n{}\r\n", headers.concat())
}

pub(crate) async fn send(client: &mut Client, message: impl Into<Message>) {
    within(client.send(message.into())).await.unwrap();
}

/// The next message, whichever it is.
pub(crate) async fn receive(client: &mut Client) -> Message {
    within(client.next()).await.expect("a message").unwrap()
}

/// The next message, which is text.
pub(crate) async fn text(client: &mut Client) -> String {
    receive(client).await.into_text().unwrap().to_string()
}

/// Code and reason of the close frame that comes next, and after which nothing comes but the end.
pub(crate) async fn closed(client: &mut Client) -> (u16, String) {
    let Message::Close(Some(frame)) = receive(client).await else {
        panic!("a close frame was expected");
    };
    assert!(within(client.next()).await.is_none(), "a clean end");
    (frame.code.into(), frame.reason.to_string())
}

/// Echoes one message.
pub(crate) async fn assert_echo(client: &mut Client, message: &str) {
    send(client, message).await;
    assert_eq!(text(client).await, message);
}
