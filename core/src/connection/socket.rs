use std::{fmt, sync::Arc};

use super::{base::Base, handle::Socket, rooms::Rooms};
use crate::{
    channel::Channel as _,
    error::{Cause, Failure, SendError, Sent},
    handler::SocketHandler,
    id::ConnectionId,
    link::ReadyState,
    resume::Record,
    rt::MaybeSend,
    wire::{CloseCode, InvalidCloseCode},
};

/// One socket of the handler `H`, in the hands of one of its hooks.
pub struct SocketConnection<H: SocketHandler> {
    pub(crate) base: Base,
    key: H::Key,
    data: H::Data,
}

impl<H: SocketHandler> SocketConnection<H> {
    pub(crate) fn new(base: Base, key: H::Key, data: H::Data) -> Self {
        Self { base, key, data }
    }

    /// Who it is.
    pub fn id(&self) -> ConnectionId {
        self.base.id()
    }

    /// The key it was opened with.
    pub fn key(&self) -> &H::Key {
        &self.key
    }

    /// What `data` made at the upgrade, and what became of it since.
    pub fn data(&self) -> &H::Data {
        &self.data
    }

    /// The data, to change it. The change stays for the life of the connection, through hibernation too: where memory does
    /// not last it is kept once the hook has ended, and must stay within `limits.upgrade.data_bytes`, or the connection is
    /// closed with 1011.
    pub fn data_mut(&mut self) -> &mut H::Data {
        self.base.has_changed = true;
        &mut self.data
    }

    /// Sends a message. It never waits: what the peer has not read yet is queued, within `limits.outbox`.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the connection is closed, the outbox is full, or the message cannot be written as JSON.
    pub fn send(&self, message: &H::Outgoing) -> Result<Sent, SendError> {
        self.base.send_json(message)
    }

    /// Closes the connection, after what was sent before. A second close changes nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.base.close(code, reason)
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.base.link.ready_state()
    }

    /// The subprotocol that was picked.
    pub fn protocol(&self) -> Option<&str> {
        self.base.protocol()
    }

    /// A handle to keep, and to use from other tasks.
    pub fn socket(&self) -> Socket<H::Outgoing> {
        Socket::new(Arc::clone(&self.base.link))
    }

    /// The rooms of the app.
    pub fn rooms(&self) -> Rooms {
        self.base.app.rooms()
    }

    /// Registers what is to be undone when the connection ends, however it ends. The last registered runs first, and
    /// all of them before `on_close`.
    pub fn on_teardown(&mut self, teardown: impl FnOnce() + MaybeSend + 'static) {
        self.base.on_teardown(teardown);
    }

    /// Hands a failure to the app's error hook.
    pub fn report(&self, failure: &Failure) {
        self.base.app.report(failure);
    }

    pub(crate) fn record(&mut self) -> Result<Record, Cause> {
        self.base.record(self.key.to_params(), None, None, &self.data)
    }
}

impl<H: SocketHandler> fmt::Debug for SocketConnection<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketConnection")
            .field("id", &self.id())
            .field("unit", &self.base.unit)
            .finish_non_exhaustive()
    }
}
