use std::future::Future;

use super::policy::Malformed;
use crate::{
    connection::Base,
    error::{Cause, Stage},
    resume::Record,
    rt::{MaybeSend, Now},
    session::Event,
    wire::CloseFrame,
};

/// A typed connection with its handler: what is erased behind [`DynConnection`](super::DynConnection).
pub(crate) trait Hooks: MaybeSend + 'static {
    /// Runs the hook of an event.
    fn run(&mut self, now: Now, event: Event) -> impl Future<Output = Result<Ran, Cause>> + MaybeSend;

    /// Leaves the room, if there is one, and runs the teardowns: before the close hook. Gives what went wrong.
    fn part(&mut self) -> Vec<Cause>;

    /// Calls the error hook.
    fn report(&mut self, stage: Stage, cause: Cause);

    /// What becomes of a connection that sent what cannot be read.
    fn malformed(&self) -> Malformed;

    /// What every connection has.
    fn base(&self) -> &Base;

    /// What must be remembered of it; `None` when it cannot outlive memory.
    ///
    /// # Errors
    ///
    /// When its data cannot be written, or takes too much.
    fn record(&mut self) -> Result<Option<Record>, Cause> {
        Ok(None)
    }
}

/// What a hook that ended well leaves to be done.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// When to come back with [`Event::Tick`].
    pub(crate) tick_at: Option<Now>,
    /// The connection is to be closed.
    pub(crate) close: Option<CloseFrame>,
    /// The opening has come half-way, to a point from which it can go on after memory was gone.
    pub(crate) half_open: bool,
}

impl Event {
    /// When a failure of its hook happened.
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Open => Stage::Open,
            Self::Message(_) => Stage::Message,
            Self::Fault(stage, _) => *stage,
            Self::Tick => Stage::Presence,
            Self::Close(_) => Stage::Close,
        }
    }
}
