use std::fmt;

use irori::rt::BoxError;

/// What went wrong without an end of the client. [`Options::on_problem`](crate::Options::on_problem) hears of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// A message is not of its type, or a frame of a room is none. It was dropped.
    #[non_exhaustive]
    Malformed {
        /// What came.
        text: String,
        /// Why it could not be read.
        error: serde_json::Error,
    },
    /// So many messages that waited were dropped: the client was closed for good, or went to another key.
    #[non_exhaustive]
    Unsent {
        /// How many.
        count: usize,
    },
    /// The function that is asked for the address failed, or what it gave is no address. The attempt failed.
    Address(BoxError),
    /// An attempt failed: nobody answered, or not as a server of sockets does (over tokio that is a `Refused`).
    Connect(BoxError),
    /// A function of the app panicked: one that listens, one that is asked, or one that reads a message. A message is dropped
    /// by it, an attempt fails, and an end is followed by no other try. Where panics do not unwind, as in most pages, it ends the
    /// program instead.
    Panicked,
}

impl Problem {
    /// Told where the app does not listen. An attempt that fails is no news while a server restarts; the first of all and the
    /// last are told by the task.
    pub(crate) fn log(&self) {
        match self {
            Self::Connect(_) => tracing::debug!("{self}"),
            _ => tracing::warn!("{self}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { error, .. } => write!(f, "a message was dropped, it is malformed: {error}"),
            Self::Unsent { count: 1 } => f.write_str("a message was never sent"),
            Self::Unsent { count } => write!(f, "{count} messages were never sent"),
            Self::Address(error) => write!(f, "no address: {error}"),
            Self::Connect(error) => write!(f, "cannot connect: {error}"),
            Self::Panicked => f.write_str("a function of the app panicked"),
        }
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed { error, .. } => error.source(), // itself it is in the text already
            Self::Address(error) | Self::Connect(error) => error.source(),
            Self::Unsent { .. } | Self::Panicked => None,
        }
    }
}
