use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::Empty;
use hyper::{Request, body::Bytes, client::conn::http2, ext::Protocol};
use hyper_util::rt::{TokioExecutor, TokioIo};
use irori::Upgrade;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use crate::client::{app, echo, serve_app, within};

#[tokio::test]
async fn an_extended_connect_becomes_a_websocket() {
    let app = app().websocket("/echo", |_: &Upgrade| echo()).build().unwrap();
    let address = serve_app(&app).await;
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);

    let request = Request::connect(format!("http://{address}/echo"))
        .header("sec-websocket-version", "13")
        .header("origin", format!("http://{address}"))
        .extension(Protocol::from_static("websocket"))
        .body(Empty::<Bytes>::new())
        .unwrap();
    let response = within(client.send_request(request)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("sec-websocket-accept"));

    let upgraded = hyper::upgrade::on(response).await.unwrap();
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, None).await;
    for message in ["over", "HTTP/2"] {
        socket.send(Message::text(message)).await.unwrap();
        assert_eq!(within(socket.next()).await.unwrap().unwrap(), Message::text(message));
    }
    assert_eq!(app.connections(), 1);
    socket.close(None).await.unwrap();
    assert_eq!(within(socket.next()).await.unwrap().unwrap(), Message::Close(None));
    assert!(within(socket.next()).await.is_none());
}
