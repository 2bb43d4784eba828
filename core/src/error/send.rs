use std::fmt;

use super::Error;
use crate::wire::InvalidCloseCode;

/// What became of a message that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// It waits in the outbox, or is on its way.
    Queued,
    /// It waits in the outbox; so many older messages had to go for it.
    Displaced(usize),
    /// It was dropped, since the outbox is full and the policy says to drop the newest.
    Dropped,
}

/// Why a message was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is closing or closed, or the whole app has drained.
    Closed,
    /// The outbox was full: the connection is being closed with 1013.
    SlowConsumer,
    /// The message cannot be written as JSON.
    Unserialisable(Error),
    /// No close frame may carry the code.
    InvalidCloseCode(InvalidCloseCode),
    /// The room lives elsewhere, and could not be reached.
    Unreachable(Error),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the connection is closed"),
            Self::SlowConsumer => f.write_str("the peer reads too slowly, its outbox is full"),
            Self::Unserialisable(cause) => write!(f, "the message cannot be written as JSON: {cause}"),
            Self::InvalidCloseCode(error) => error.fmt(f),
            Self::Unreachable(cause) => write!(f, "the room cannot be reached: {cause}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unserialisable(cause) | Self::Unreachable(cause) => Some(cause.as_dyn()),
            _ => None,
        }
    }
}

impl From<InvalidCloseCode> for SendError {
    fn from(error: InvalidCloseCode) -> Self {
        Self::InvalidCloseCode(error)
    }
}

impl From<serde_json::Error> for SendError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unserialisable(error.into())
    }
}
