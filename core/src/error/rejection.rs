use std::fmt;

use super::Error;
use crate::{rt::BoxError, wire::CloseFrame};

/// Why a guard or `data` does not let a connection in.
///
/// `?` turns any error into [`Rejection::Error`], so a denial is always said on purpose.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// No: the upgrade completes and closes with 4403, because a refused handshake tells a browser nothing.
    Deny,
    /// No, with a code and a reason of the app's own: the upgrade completes and closes with them. Clients do not try again
    /// after 4000-4999.
    ///
    /// ```
    /// use irori::{Rejection, Upgrade, wire::CloseFrame};
    ///
    /// async fn not_banned(upgrade: &Upgrade) -> Result<(), Rejection> {
    ///     match upgrade.cookie("name") {
    ///         Some("mallory") => Err(Rejection::Close(CloseFrame::new(4429, "banned for 43 s")?)),
    ///         _ => Ok(()),
    ///     }
    /// }
    /// ```
    Close(CloseFrame),
    /// No, and go there. A WebSocket cannot be redirected, so it is a denial with a warning in the log: the same guard
    /// may serve pages too.
    Redirect(String),
    /// The check itself failed: HTTP 500, and the cause goes to the error hook.
    Error(Error),
}

impl Rejection {
    /// The check itself failed, for a reason in words.
    pub fn error(reason: impl Into<BoxError>) -> Self {
        Self::Error(Error::new(reason))
    }
}

impl<E: Into<BoxError>> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self::error(error)
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deny => f.write_str("denied"),
            Self::Close(frame) => write!(f, "denied with {} {:?}", frame.code(), frame.reason()),
            Self::Redirect(to) => write!(f, "redirected to {to}"),
            Self::Error(error) => error.fmt(f),
        }
    }
}
