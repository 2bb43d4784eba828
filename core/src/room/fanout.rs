use std::task::Waker;

use crate::{
    error::{SendError, Sent},
    id::ConnectionId,
    outbox::Parcel,
};

/// Where a member's frames go.
pub(crate) trait Sink {
    /// Whose they are.
    fn id(&self) -> ConnectionId;

    /// Takes a frame without waiting, and counts what became of it.
    fn deliver(&self, parcel: Parcel, tally: &mut Tally);
}

/// What became of a fan-out, and whom to wake once no lock is held.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) reached: usize,
    pub(crate) missed: usize,
    wakers: Vec<Waker>,
}

impl Tally {
    pub(crate) fn count(&mut self, outcome: &Result<Sent, SendError>, waker: Option<Waker>) {
        match outcome {
            Ok(Sent::Queued | Sent::Displaced(_)) => self.reached += 1,
            Ok(Sent::Dropped) | Err(_) => self.missed += 1,
        }
        self.wakers.extend(waker);
    }

    /// Wakes everybody. No lock may be held.
    pub(crate) fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}
