use std::fmt;

use bytes::Bytes;

use super::close::{CloseCode, CloseFrame};
use crate::rt::BoxError;

/// What a transport hands up, in the order in which it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// A whole text message. The transport has checked that it is UTF-8.
    Text(Bytes),
    /// A whole binary message.
    Binary(Bytes),
    /// A ping that the session answers. A transport whose engine answers pings by itself hands up [`Alive`](Self::Alive).
    Ping(Bytes),
    /// The answer to a ping, or one that nobody asked for.
    Pong,
    /// A sign of life with nothing in it to act on.
    Alive,
    /// A message began and is not whole yet. Said once a message; it starts the clock of `limits.message.deadline`.
    Partial,
    /// A close frame, or `None` when it carried no code.
    Close(Option<CloseFrame>),
}

/// Why nothing more can be received.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The peer broke RFC 6455: 1002.
    Protocol,
    /// Text that is no UTF-8: 1007.
    InvalidUtf8,
    /// A message over `limits.message.bytes`: 1009.
    TooBig,
    /// A message of more than `limits.message.fragments` frames: 1008.
    TooManyFragments,
    /// The connection is gone: 1006, and there is nobody to send a close frame to.
    Lost(Option<BoxError>),
}

impl ReceiveError {
    /// The close frame that answers it; `None` when there is nobody to answer.
    pub fn close_frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Protocol => (CloseCode::PROTOCOL_ERROR, "protocol error"),
            Self::InvalidUtf8 => (CloseCode::INVALID_DATA, "invalid UTF-8"),
            Self::TooBig => (CloseCode::TOO_BIG, "message too big"),
            Self::TooManyFragments => (CloseCode::POLICY, "too many fragments"),
            Self::Lost(_) => return None,
        };
        Some(CloseFrame::of(code, reason))
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(Some(cause)) => write!(f, "the connection was lost: {cause}"),
            Self::Lost(None) => f.write_str("the connection was lost"),
            other => match other.close_frame() {
                Some(frame) => f.write_str(frame.reason()),
                None => Ok(()),
            },
        }
    }
}

impl std::error::Error for ReceiveError {}
