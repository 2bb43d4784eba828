//! Clients over tokio.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Sink, Stream};
use http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL};
use irori::{
    CloseInfo,
    rt::{BoxError, Now, Runtime, Timer},
    wire::{CloseFrame, Text},
};
use irori_tokio::{TokioRuntime, TokioTimer};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        handshake::client::Request as Handshake,
        protocol::{CloseFrame as WireClose, frame::coding::CloseCode as WireCode},
    },
};

use crate::{
    endpoint::Request,
    platform::{Connection, Incoming, Platform},
};

/// Silence after which a server is asked whether it is there. Ours pings earlier, after 30 s at the most, so that this is
/// for what lies between.
const SILENCE: Duration = Duration::from_secs(40);

/// How long it has to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Clients on tokio: its runtime, and tokio-tungstenite.
///
/// A server that is silent for 40 s is pinged, and taken for lost when nothing comes within 10 s more: so a cable that was
/// cut is noticed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl Runtime for Native {
    type Timer = TokioTimer;

    fn now(&self) -> Now {
        TokioRuntime.now()
    }

    fn timer(&self) -> TokioTimer {
        TokioRuntime.timer()
    }

    fn random(&self) -> u128 {
        TokioRuntime.random()
    }
}

impl Platform for Native {
    type Connection = NativeConnection;

    async fn dial(&self, request: Request) -> Result<NativeConnection, BoxError> {
        let (socket, _) = connect_async_with_config(handshake(request)?, None, true).await.map_err(readable)?;
        let timer = Box::pin(TokioRuntime.timer());
        Ok(NativeConnection { socket, timer, quiet_since: TokioRuntime.now(), asked: false })
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }
}

fn handshake(request: Request) -> Result<Handshake, BoxError> {
    let Request { url, headers, protocols } = request;
    let mut handshake = url.into_client_request()?;
    handshake.headers_mut().extend(headers);
    if !protocols.is_empty() {
        handshake.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::try_from(protocols.join(", "))?);
    }
    Ok(handshake)
}

fn readable(error: Error) -> BoxError {
    match error {
        Error::Http(response) => format!("the server answered {}", response.status()).into(),
        error => error.into(),
    }
}

/// A WebSocket over TCP.
#[derive(Debug)]
pub struct NativeConnection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    timer: Pin<Box<TokioTimer>>,
    quiet_since: Now,
    /// Whether the server was asked for a sign of life.
    asked: bool,
}

impl NativeConnection {
    /// Asks a silent server, and says whether it has not answered.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let patience = if self.asked { SILENCE + ANSWER } else { SILENCE };
            if self.timer.as_mut().poll_until(self.quiet_since + patience, cx).is_pending() {
                return Poll::Pending;
            }
            if self.asked {
                return Poll::Ready(());
            }
            self.asked = true;
            // Who takes no ping does not answer either.
            let _ = pin!(&mut self.socket).start_send(Message::Ping(bytes::Bytes::new()));
            let _ = self.poll_flush(cx);
        }
    }

    fn closed(&mut self, frame: Option<WireClose>, cx: &mut Context<'_>) -> Incoming {
        let _ = self.poll_flush(cx); // the answer to the close
        let info = match frame {
            Some(frame) => CloseInfo::new(u16::from(frame.code), frame.reason.as_str(), true),
            None => CloseInfo::new(1005, "", true),
        };
        Incoming::Closed(info)
    }
}

impl Connection for NativeConnection {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        while let Poll::Ready(next) = Pin::new(&mut self.socket).poll_next(cx) {
            (self.quiet_since, self.asked) = (TokioRuntime.now(), false);
            return Poll::Ready(match next {
                Some(Ok(Message::Text(text))) => Incoming::Message(Text::from(text.as_str()).into()),
                Some(Ok(Message::Binary(bytes))) => Incoming::Message(bytes.into()),
                Some(Ok(Message::Close(frame))) => self.closed(frame, cx),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Incoming::Closed(CloseInfo::lost()),
            });
        }
        self.poll_silence(cx).map(|()| Incoming::Closed(CloseInfo::lost()))
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match Pin::new(&mut self.socket).poll_ready(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(()),
            Poll::Ready(Err(_)) | Poll::Pending => Poll::Pending,
        }
    }

    fn send(&mut self, text: Text) {
        let _ = Pin::new(&mut self.socket).start_send(Message::text(&*text));
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.socket).poll_flush(cx).map(|_| ())
    }

    fn close(&mut self, frame: &CloseFrame) {
        let frame = WireClose { code: WireCode::from(frame.code().as_u16()), reason: frame.reason().into() };
        let _ = Pin::new(&mut self.socket).start_send(Message::Close(Some(frame)));
    }
}
