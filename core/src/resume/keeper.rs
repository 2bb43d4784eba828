use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    record::{ENDED, leaving},
    socket::EventSocket,
};
use crate::{error::Cause, handler::DynConnection, id::ConnectionId, rt::MaybeSend, session::Stored};

/// Keeps what a connection must remember, whenever no hook of it runs. `()` keeps nothing: a connection that lives in
/// memory needs nothing else.
pub(crate) trait Keep: MaybeSend {
    /// Whether anything is kept.
    const KEEPS: bool;

    /// A hook begins, or the last of its burst has ended.
    fn at_work(&mut self, at_work: bool);

    /// Keeps what has changed.
    ///
    /// # Errors
    ///
    /// When it cannot be kept: the connection is to be closed.
    fn keep(&mut self, session: Stored, connection: &mut dyn DynConnection) -> Result<(), Cause>;

    /// The connection leaves: should memory go while its last hook runs, it does not come back.
    fn leave(&mut self, id: ConnectionId);

    /// The connection has ended.
    fn end(&mut self);
}

impl Keep for () {
    const KEEPS: bool = false;

    fn at_work(&mut self, _: bool) {}

    fn keep(&mut self, _: Stored, _: &mut dyn DynConnection) -> Result<(), Cause> {
        Ok(())
    }

    fn leave(&mut self, _: ConnectionId) {}

    fn end(&mut self) {}
}

/// Keeps the connection with its socket.
pub(super) struct Keeper<S> {
    socket: Arc<S>,
    at_work: Arc<AtomicBool>,
    kept: Stored,
}

impl<S> Keeper<S> {
    pub(super) fn new(socket: Arc<S>, at_work: Arc<AtomicBool>, kept: Stored) -> Self {
        Self { socket, at_work, kept }
    }
}

impl<S: EventSocket> Keep for Keeper<S> {
    const KEEPS: bool = true;

    fn at_work(&mut self, at_work: bool) {
        self.at_work.store(at_work, Ordering::Relaxed);
        self.socket.runs(at_work);
    }

    fn keep(&mut self, session: Stored, connection: &mut dyn DynConnection) -> Result<(), Cause> {
        if !connection.has_changed() && !session.differs(&self.kept) {
            return Ok(());
        }
        let Some(mut record) = connection.record()? else {
            return Ok(());
        };
        record.ours.session = session.clone();
        self.kept = session;
        self.socket.keep(record.to_string()).map_err(|error| Cause::Error(error.into()))
    }

    fn leave(&mut self, id: ConnectionId) {
        // As `end`.
        let _ = self.socket.keep(leaving(id));
    }

    fn end(&mut self) {
        self.at_work.store(false, Ordering::Relaxed);
        // What cannot be marked as ended is gone from the host as well.
        let _ = self.socket.keep(ENDED.to_owned());
    }
}
