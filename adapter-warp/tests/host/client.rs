//! A server on a port of its own, and the kit's client to it. Nothing waits longer than [`PATIENCE`].

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Builder};
use irori::{
    App, Events,
    wire::{Fragment, Opcode},
};
use irori_test::conformance::{Host as _, Peer, TcpHost};
use tokio::net::TcpListener;
use warp::{Filter, Rejection, reply::Reply};

const PATIENCE: Duration = Duration::from_secs(10);

/// Events that send every message back.
pub(crate) fn echo() -> Events {
    Events::new().on_message(async |(), ws, message| {
        ws.send(message)?;
        Ok(())
    })
}

/// An app that echoes at `/echo`.
pub(crate) fn echo_app() -> App {
    App::new().websocket("/echo", |_: &irori::Upgrade| echo())
}

/// Ends the test when `future` takes too long.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// A server, until the test ends.
pub(crate) struct Server(TcpHost<()>);

impl Server {
    /// Serves a filter.
    pub(crate) async fn start<F, R>(filter: F) -> Self
    where
        F: Filter<Extract = (R,), Error: Into<Rejection>> + Send + Sync + 'static,
        R: Reply + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(warp::serve(filter.boxed()).incoming(listener).run());
        Self::at(address)
    }

    /// What listens there.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self(TcpHost::new(address, ()))
    }

    /// The answer to a request that is no upgrade.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> Response<Bytes> {
        let request = Request::builder().method(method).uri(path).body(Bytes::new()).unwrap();
        within(self.0.request(request)).await
    }

    pub(crate) async fn connect(&self, path: &str) -> Client {
        self.connect_by(upgrade(path)).await.unwrap()
    }

    /// The status of an upgrade that is refused.
    pub(crate) async fn refused(&self, path: &str) -> StatusCode {
        self.connect_by(upgrade(path)).await.map(drop).expect_err("not refused")
    }

    pub(crate) async fn connect_by(&self, request: Builder) -> Result<Client, StatusCode> {
        let upgraded = within(self.0.upgrade(request.body(Bytes::new()).unwrap())).await;
        upgraded.map(|upgraded| Client(upgraded.peer)).map_err(|response| response.status())
    }
}

/// A request for an upgrade.
pub(crate) fn upgrade(path: &str) -> Builder {
    Request::get(path)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

/// A client over TCP.
pub(crate) struct Client(Box<dyn Peer>);

impl Client {
    pub(crate) async fn send(&mut self, text: &'static str) {
        let frame = Fragment { fin: true, opcode: Opcode::Text, payload: text.into() };
        within(self.0.send(frame)).await.unwrap();
    }

    /// The next message, which is text.
    pub(crate) async fn text(&mut self) -> String {
        let frame = self.next().await;
        assert_eq!(frame.opcode, Opcode::Text);
        String::from_utf8(frame.payload.into()).unwrap()
    }

    /// Echoes one message.
    pub(crate) async fn assert_echo(&mut self, text: &'static str) {
        self.send(text).await;
        assert_eq!(self.text().await, text);
    }

    /// Code and reason of the close frame that comes next. It is not answered yet.
    pub(crate) async fn closing(&mut self) -> (u16, String) {
        let frame = self.next().await;
        assert_eq!(frame.opcode, Opcode::Close);
        let (code, reason) = frame.payload.split_first_chunk().expect("a code");
        (u16::from_be_bytes(*code), String::from_utf8(reason.into()).unwrap())
    }

    /// Answers a close frame; nothing comes after that but the end.
    pub(crate) async fn end(mut self) {
        let answer = Fragment { fin: true, opcode: Opcode::Close, payload: Bytes::new() };
        within(self.0.send(answer)).await.unwrap();
        assert_eq!(within(self.0.recv()).await, None);
    }

    async fn next(&mut self) -> Fragment {
        within(self.0.recv()).await.expect("a frame")
    }
}
