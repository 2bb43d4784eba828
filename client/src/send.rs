use std::fmt;

use irori::CloseCode;

/// What became of a message that was taken. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The connection is open: it is on its way.
    Sent,
    /// It waits for the connection, behind what was sent before.
    Queued,
}

/// Why a message was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// As many messages, or bytes, wait as may: see [`Options::queue`](crate::Options::queue). That happens over an open
    /// connection too, whose server is slow to read.
    QueueFull,
    /// The client is closing or closed.
    Closed,
    /// The message is not to be written as JSON.
    Json(serde_json::Error),
}

/// Why the machine took no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    QueueFull,
    Closed,
}

impl From<Refused> for SendError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::QueueFull => Self::QueueFull,
            Refused::Closed => Self::Closed,
        }
    }
}

impl From<serde_json::Error> for SendError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QueueFull => f.write_str("too many messages wait already"),
            Self::Closed => f.write_str("the client is closed"),
            Self::Json(error) => write!(f, "no JSON: {error}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => error.source(), // itself it is in the text already
            Self::QueueFull | Self::Closed => None,
        }
    }
}

/// A close code that is not an app's to send: 1000 is, and 3000-4999, as the WHATWG's `WebSocket.close` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReservedCode(pub CloseCode);

impl fmt::Display for ReservedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a client's to send: use 1000 or, for codes of your own, 3000-4999", self.0)
    }
}

impl std::error::Error for ReservedCode {}
