//! What can go wrong, one small type per operation, and one table of what it becomes on the wire.

mod failure;
mod refusal;
mod rejection;
mod send;

use std::fmt;

pub(crate) use self::failure::ErrorHook;
pub use self::{
    failure::{Breach, Cause, Failure, Stage},
    refusal::Refusal,
    rejection::Rejection,
    send::{SendError, Sent},
};
use crate::rt::BoxError;

/// What a hook returns: nothing, or whatever went wrong.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Whatever went wrong in a hook. `?` turns any error into one, a text and `anyhow`'s too.
///
/// It goes to the error hook and never to a client (PROTOCOL.md, section 2).
pub struct Error(BoxError);

impl Error {
    /// An error from anything that is one, or from a text.
    ///
    /// ```
    /// let error = irori::Error::new("the board is closed");
    /// assert_eq!(error.to_string(), "the board is closed");
    /// ```
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(error.into())
    }

    /// The error inside, to look at its sources or to downcast it.
    pub fn as_dyn(&self) -> &(dyn std::error::Error + 'static) {
        &*self.0
    }
}

impl<E: Into<BoxError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
