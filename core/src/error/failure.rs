use std::{fmt, sync::Arc};

use super::Error;
use crate::{
    id::ConnectionId,
    rt::{MaybeSend, MaybeSync},
};

/// Something that went wrong on the server's side of a connection, as the error hook is told.
///
/// Nothing of it reaches the client.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The unit: `module::name`, or the path of a raw route.
    pub unit: Arc<str>,
    /// The connection; `None` before there is one.
    pub connection: Option<ConnectionId>,
    /// When it happened.
    pub stage: Stage,
    /// What happened.
    pub cause: Cause,
}

/// When a failure happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// While the key was read: in `FromStr` of one of its fields.
    Key,
    /// In a guard.
    Guard,
    /// In `data`.
    Data,
    /// While opening: `on_open`, or the join of a room.
    Open,
    /// While a message was read or handled, a presence state included.
    Message,
    /// While a presence state that had been held back was published.
    Presence,
    /// In a registered teardown.
    Teardown,
    /// In `on_close` or `on_leave`.
    Close,
    /// In the transport, outside any hook.
    Transport,
}

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A hook returned an error.
    Error(Error),
    /// A hook panicked, with this message.
    Panic(String),
    /// A hook ran longer than `limits.handler.deadline`.
    TimedOut,
    /// What came is not of the incoming type.
    Malformed(Error),
    /// What came broke a limit and was dropped.
    Limit(Breach),
    /// The transport failed.
    Transport(Error),
}

/// A limit that a peer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breach {
    /// More than `limits.rate.messages` a second.
    MessageRate,
    /// More than `limits.rate.bytes` a second.
    ByteRate,
    /// A presence state over `limits.presence.bytes`.
    PresenceBytes,
}

impl Failure {
    /// Writes the failure to the log: what happens unless an error hook is set.
    pub fn log(&self) {
        let connection = self.connection.map(tracing::field::display);
        match &self.cause {
            // What a peer can cause does not fill the log of errors.
            Cause::Limit(_) | Cause::Malformed(_) | Cause::Transport(_) => {
                tracing::debug!(unit = %self.unit, connection, stage = %self.stage, cause = %self.cause, "bad input");
            }
            _ => {
                tracing::error!(unit = %self.unit, connection, stage = %self.stage, cause = %self.cause, "failed");
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed at {}: {}", self.unit, self.stage, self.cause)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Guard => "guard",
            Self::Data => "data",
            Self::Open => "open",
            Self::Message => "message",
            Self::Presence => "presence",
            Self::Teardown => "teardown",
            Self::Close => "close",
            Self::Transport => "transport",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) | Self::Transport(error) => error.fmt(f),
            Self::Panic(message) => write!(f, "panicked: {message}"),
            Self::TimedOut => f.write_str("the handler's deadline passed"),
            // serde's messages quote what they read; a payload has no place in a log.
            Self::Malformed(error) => match error.as_dyn().downcast_ref::<serde_json::Error>() {
                Some(json) => write!(f, "malformed at line {} column {}", json.line(), json.column()),
                None => error.fmt(f),
            },
            Self::Limit(breach) => write!(f, "over the limit: {breach}"),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MessageRate => "messages a second",
            Self::ByteRate => "bytes a second",
            Self::PresenceBytes => "bytes of a presence state",
        })
    }
}

/// The app's error hook.
pub(crate) trait ErrorHook: MaybeSend + MaybeSync {
    fn call(&self, failure: &Failure);
}

impl<F: Fn(&Failure) + MaybeSend + MaybeSync> ErrorHook for F {
    fn call(&self, failure: &Failure) {
        self(failure);
    }
}
