use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Sink, Stream};
use irori::{
    CloseInfo,
    rt::{Now, Runtime, Timer},
    wire::{CloseFrame, Text},
};
use irori_tokio::{TokioRuntime, TokioTimer};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{CloseFrame as WireClose, frame::coding::CloseCode as WireCode},
    },
};

use super::line::Line;
use crate::{
    machine::CLOSE_TIMEOUT,
    platform::{Connection, Incoming},
};

/// Silence after which a server is asked whether it is there. Ours pings earlier, after 30 s at the most, so that this is
/// for what lies between.
const SILENCE: Duration = Duration::from_secs(40);

/// How long it has to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// A WebSocket over TCP.
#[derive(Debug)]
pub struct NativeConnection {
    socket: WebSocketStream<Line>,
    timer: Pin<Box<TokioTimer>>,
    quiet_since: Now,
    /// When the server was asked for a sign of life.
    asked: Option<Now>,
    /// Nothing can be written any more. What came before is still to be read, the reason perhaps.
    broken: bool,
    /// The server's close, and until when ours may take to go out.
    closed: Option<(CloseInfo, Now)>,
}

impl NativeConnection {
    pub(super) fn new(socket: WebSocketStream<Line>) -> Self {
        let timer = Box::pin(TokioRuntime.timer());
        Self { socket, timer, quiet_since: TokioRuntime.now(), asked: None, broken: false, closed: None }
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        while let Poll::Ready(next) = Pin::new(&mut self.socket).poll_next(cx) {
            match next {
                Some(Ok(Message::Text(text))) => {
                    return Poll::Ready(Incoming::Message(Text::from(text.as_str()).into()));
                }
                Some(Ok(Message::Binary(bytes))) => return Poll::Ready(Incoming::Message(bytes.into())),
                Some(Ok(Message::Close(frame))) => {
                    self.closed = Some((info(frame), TokioRuntime.now() + CLOSE_TIMEOUT));
                    return Poll::Pending;
                }
                Some(Ok(_)) => {} // a ping, whose answer leaves with the next read, or a pong
                Some(Err(error)) => {
                    self.object(&error, cx);
                    return Poll::Ready(Incoming::Closed(CloseInfo::lost()));
                }
                None => return Poll::Ready(Incoming::Closed(CloseInfo::lost())),
            }
        }
        if self.broken {
            return Poll::Ready(Incoming::Closed(CloseInfo::lost()));
        }
        self.poll_silence(cx).map(|()| Incoming::Closed(CloseInfo::lost()))
    }

    /// Brings the answer to the server's close on its way, for as long as that may take.
    fn poll_farewell(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let Some((info, until)) = self.closed.clone() else {
            return Poll::Pending;
        };
        if self.poll_flush(cx).is_pending() && self.timer.as_mut().poll_until(until, cx).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(Incoming::Closed(info))
    }

    /// Asks a silent server, and says whether it has not answered.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.socket.get_mut().heard() {
            (self.quiet_since, self.asked) = (TokioRuntime.now(), None);
        }
        loop {
            let until = self.asked.map_or(self.quiet_since + SILENCE, |asked| asked + ANSWER);
            if self.timer.as_mut().poll_until(until, cx).is_pending() {
                return Poll::Pending;
            }
            if self.asked.is_some() {
                return Poll::Ready(());
            }
            self.asked = Some(TokioRuntime.now());
            // Who takes no ping does not answer either.
            let _ = pin!(&mut self.socket).start_send(Message::Ping(Bytes::new()));
            let _ = self.poll_flush(cx);
        }
    }

    /// Says what was wrong with what the server sent (RFC 6455, section 7.1.7), in case it still reads.
    fn object(&mut self, error: &Error, cx: &mut Context<'_>) {
        let code = match error {
            Error::Protocol(_) => WireCode::Protocol,
            Error::Utf8(_) => WireCode::Invalid,
            Error::Capacity(_) => WireCode::Size,
            _ => return,
        };
        let frame = WireClose { code, reason: "".into() };
        let _ = pin!(&mut self.socket).start_send(Message::Close(Some(frame)));
        let _ = self.poll_flush(cx);
    }
}

impl Connection for NativeConnection {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if self.closed.is_none()
            && let Poll::Ready(incoming) = self.poll_message(cx)
        {
            return Poll::Ready(incoming);
        }
        self.poll_farewell(cx)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.broken || self.closed.is_some() {
            return Poll::Pending; // whoever waits for this waits for the end, which wakes it
        }
        match Pin::new(&mut self.socket).poll_ready(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(()),
            Poll::Ready(Err(_)) => {
                self.broken = true;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn send(&mut self, text: Text) {
        self.broken |= Pin::new(&mut self.socket).start_send(Message::text(&*text)).is_err();
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.socket).poll_flush(cx).map(|flushed| self.broken |= flushed.is_err())
    }

    fn close(&mut self, frame: &CloseFrame) {
        let frame = WireClose { code: WireCode::from(frame.code().as_u16()), reason: frame.reason().into() };
        self.broken |= Pin::new(&mut self.socket).start_send(Message::Close(Some(frame))).is_err();
    }
}

fn info(frame: Option<WireClose>) -> CloseInfo {
    match frame {
        Some(frame) => CloseInfo::new(u16::from(frame.code), frame.reason.as_str(), true),
        None => CloseInfo::new(1005, "", true),
    }
}
