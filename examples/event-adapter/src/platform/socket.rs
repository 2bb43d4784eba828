use std::{
    fmt,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, empty, join, sink, split},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self,
        protocol::{CloseFrame, Role},
    },
};

use super::object::Event;

/// Bytes that can be kept with a socket.
pub const KEPT_BYTES: usize = 16 * 1024;

/// How long either side may take to answer a close.
const PATIENCE: Duration = Duration::from_secs(5);

/// The code of a close frame that has none, and that of no close frame at all (RFC 6455, section 7.4.1).
const NO_CODE: u16 = 1005;
const LOST: u16 = 1006;

/// A WebSocket. It outlives the memory of its object, with what is kept with it.
#[derive(Clone, Debug)]
pub struct Socket(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// What waits to go out, without end.
    outgoing: UnboundedSender<tungstenite::Message>,
    kept: Mutex<String>,
}

/// A whole message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whether it is text, and not bytes.
    pub is_text: bool,
    /// What is in it.
    pub payload: Bytes,
}

/// Why a socket does not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketError {
    /// It is closed.
    Closed,
    /// The text is no UTF-8.
    InvalidText,
    /// The text has more than [`KEPT_BYTES`].
    TooLarge,
}

impl Socket {
    pub(super) fn new() -> (Self, UnboundedReceiver<tungstenite::Message>) {
        let (sender, outgoing) = unbounded_channel();
        (Self(Arc::new(Inner { outgoing: sender, kept: Mutex::default() })), outgoing)
    }

    /// Sends a message. It never waits.
    ///
    /// # Errors
    ///
    /// [`SocketError::Closed`], and [`SocketError::InvalidText`].
    pub fn send(&self, Message { is_text, payload }: Message) -> Result<(), SocketError> {
        let message = match is_text {
            true => tungstenite::Message::Text(payload.try_into().map_err(|_| SocketError::InvalidText)?),
            false => tungstenite::Message::Binary(payload),
        };
        self.0.outgoing.send(message).map_err(|_| SocketError::Closed)
    }

    /// Closes the socket or answers the peer's close, with a code and a reason or without. A second close does nothing.
    pub fn close(&self, close: Option<(u16, &str)>) {
        let frame = close.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
        let _ = self.0.outgoing.send(tungstenite::Message::Close(frame));
    }

    /// What is kept with the socket; empty when nothing was yet.
    pub fn kept(&self) -> String {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a text with the socket, in place of what was kept before.
    ///
    /// # Errors
    ///
    /// [`SocketError::TooLarge`].
    pub fn keep(&self, text: String) -> Result<(), SocketError> {
        if text.len() > KEPT_BYTES {
            return Err(SocketError::TooLarge);
        }
        *self.0.kept.lock().unwrap_or_else(PoisonError::into_inner) = text;
        Ok(())
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the socket is closed"),
            Self::InvalidText => f.write_str("the text is no UTF-8"),
            Self::TooLarge => write!(f, "more than {KEPT_BYTES} bytes cannot be kept"),
        }
    }
}

impl std::error::Error for SocketError {}

/// Carries a socket to its end: messages to its object, and what that sends to the peer.
pub(super) async fn carry(
    socket: Socket,
    stream: OnUpgrade,
    outgoing: UnboundedReceiver<tungstenite::Message>,
    events: UnboundedSender<Event>,
) {
    // An object that is gone needs no call.
    let ended = |(code, reason)| drop(events.send(Event::Close(socket.clone(), code, reason)));
    let Ok(upgraded) = stream.await else {
        return ended((LOST, String::new()));
    };
    let (reader, writer) = split(TokioIo::new(upgraded));
    let mut writing = pin!(write(writer, outgoing));
    let mut reading = pin!(read(reader, &socket, &events));
    tokio::select! {
        end = &mut reading => {
            let is_lost = end.0 == LOST;
            ended(end);
            if !is_lost {
                // The object answers; one that does not is not waited for.
                let _ = timeout(PATIENCE, writing).await;
            }
        }
        () = &mut writing => ended(timeout(PATIENCE, reading).await.unwrap_or((LOST, String::new()))),
    }
}

/// Hands on what comes, until the end, of which it gives the code and the reason.
///
/// tungstenite answers a close as soon as it has read it, and takes no message after that. But the object may have
/// something left to say, and answers by itself: so one stream reads, and another writes.
async fn read(reader: impl AsyncRead + Unpin, socket: &Socket, events: &UnboundedSender<Event>) -> (u16, String) {
    let mut stream = WebSocketStream::from_raw_socket(join(reader, sink()), Role::Server, None).await;
    while let Some(Ok(message)) = stream.next().await {
        let message = match message {
            tungstenite::Message::Text(text) => Message { is_text: true, payload: text.into() },
            tungstenite::Message::Binary(payload) => Message { is_text: false, payload },
            tungstenite::Message::Ping(payload) => {
                let _ = socket.0.outgoing.send(tungstenite::Message::Pong(payload));
                continue;
            }
            tungstenite::Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.as_str().to_owned()),
            tungstenite::Message::Close(None) => return (NO_CODE, String::new()),
            _ => continue,
        };
        let _ = events.send(Event::Message(socket.clone(), message));
    }
    (LOST, String::new())
}

/// Writes what goes out, until a close or an error.
async fn write(writer: impl AsyncWrite + Unpin, mut outgoing: UnboundedReceiver<tungstenite::Message>) {
    let mut stream = WebSocketStream::from_raw_socket(join(empty(), writer), Role::Server, None).await;
    while let Some(message) = outgoing.recv().await {
        let is_last = message.is_close();
        if stream.send(message).await.is_err() || is_last {
            return;
        }
    }
}
