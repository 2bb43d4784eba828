use std::{fmt, marker::PhantomData, sync::Arc};

use serde::Serialize;

use super::base::json;
use crate::{
    error::{SendError, Sent},
    id::ConnectionId,
    link::{Link, ReadyState},
    room::Sink as _,
    wire::{CloseCode, CloseFrame, Frame, InvalidCloseCode, Message},
};

/// A handle to a socket: cheap to clone, and usable from any task for as long as it is kept.
///
/// It does not keep the connection open; once that is closed, sending says so.
pub struct Socket<Out> {
    link: Arc<Link>,
    says: PhantomData<fn(&Out)>,
}

impl<Out> Socket<Out> {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self { link, says: PhantomData }
    }

    /// Whose it is.
    pub fn id(&self) -> ConnectionId {
        self.link.id()
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.link.ready_state()
    }

    /// Closes the connection, after what was sent before. A second close changes nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.link.close(CloseFrame::new(code, reason)?);
        Ok(())
    }
}

impl<Out: Serialize> Socket<Out> {
    /// Sends a message. It never waits: what the peer has not read yet is queued, within `limits.outbox`.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the connection is closed, the outbox is full, or the message cannot be written as JSON.
    pub fn send(&self, message: &Out) -> Result<Sent, SendError> {
        self.link.send(json(message)?)
    }
}

/// A handle to a raw connection: cheap to clone, and usable from any task for as long as it is kept.
///
/// It does not keep the connection open; once that is closed, sending says so.
#[derive(Clone)]
pub struct WsSocket(Socket<()>);

impl WsSocket {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self(Socket::new(link))
    }

    /// Whose it is.
    pub fn id(&self) -> ConnectionId {
        self.0.id()
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.0.ready_state()
    }

    /// Sends text or bytes. It never waits: what the peer has not read yet is queued, within `limits.outbox`.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the connection is closed or the outbox is full.
    pub fn send(&self, message: impl Into<Message>) -> Result<Sent, SendError> {
        self.0.link.send(Frame::message(&message.into()))
    }

    /// Closes the connection, after what was sent before. A second close changes nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.0.close(code, reason)
    }
}

impl fmt::Debug for WsSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WsSocket").field(&self.id()).finish()
    }
}

impl<Out> Clone for Socket<Out> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.link))
    }
}

impl<Out> fmt::Debug for Socket<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Socket").field(&self.id()).finish()
    }
}
