//! The running hook. It borrows its connection, so that two events cannot overlap by construction; an idle connection
//! holds no future, and a burst of messages costs one.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project::pin_project;

use super::{
    policy::Malformed,
    run::{Hooks, Ran},
};
use crate::{
    contain::contained,
    error::{Cause, Failure, Stage},
    resume::Record,
    room::Sink as _,
    rt::{BoxFuture, MaybeSend, Now},
    session::{Event, Outcome},
    wire::{CloseCode, CloseFrame},
};

/// A connection whose handler is forgotten.
pub(crate) trait DynConnection: MaybeSend {
    /// Runs the hooks of `first`, and then of every event that `beside` gives.
    fn burst<'a>(&'a mut self, first: Event, beside: &'a mut dyn Beside) -> BoxFuture<'a, ()>;

    /// Whether anything that must be remembered has changed since the last record.
    fn has_changed(&self) -> bool;

    /// What must be remembered; `None` when the connection cannot outlive memory.
    ///
    /// # Errors
    ///
    /// When its data cannot be written, or takes too much.
    fn record(&mut self) -> Result<Option<Record>, Cause>;

    /// Tells the error hook.
    fn report(&mut self, stage: Stage, cause: Cause);

    /// Drops the connection: it leaves its room and is torn down, if that has not happened yet. What it holds is the
    /// app's: a panic in it goes to the error hook, and no further.
    fn end(self: Box<Self>);
}

/// The host's side of a connection, which goes on while a hook is pending.
pub(crate) trait Beside: MaybeSend {
    /// The time of this turn.
    fn now(&self) -> Now;

    /// Timers, input and output. Ready when the hook is to be dropped.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Halt>;

    /// The hook ended. Gives the event that comes next, if it is there already.
    fn ended(&mut self, outcome: Outcome) -> Option<Event>;
}

/// Why a hook is dropped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It ran longer than it may.
    TimedOut,
    /// The connection is cut, and nothing of it runs any more.
    Cut,
}

impl<T: Hooks> DynConnection for T {
    fn burst<'a>(&'a mut self, first: Event, beside: &'a mut dyn Beside) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let mut next = Some(first);
            while let Some(event) = next {
                let stage = event.stage();
                if let Event::Close(info) = &event {
                    tracing::debug!(code = info.code.as_u16(), clean = info.was_clean, "closed");
                    part(self);
                }
                let now = beside.now();
                let result = match (Hook { hook: Some(self.run(now, event)), beside: &mut *beside }).await {
                    Ok(result) => result,
                    Err(Halt::TimedOut) => Err(Cause::TimedOut),
                    Err(Halt::Cut) => return,
                };
                let outcome = judge(self, stage, result);
                next = beside.ended(outcome);
            }
        })
    }

    fn has_changed(&self) -> bool {
        self.base().has_changed
    }

    fn record(&mut self) -> Result<Option<Record>, Cause> {
        // The data is of the app's types, which may panic when they are written.
        contained(|| Hooks::record(self)).unwrap_or_else(|panic| Err(Cause::Panic(panic)))
    }

    fn report(&mut self, stage: Stage, cause: Cause) {
        report(self, stage, cause);
    }

    fn end(self: Box<Self>) {
        let base = self.base();
        let (app, unit, id) = (Arc::clone(&base.app), Arc::clone(&base.unit), base.id());
        if let Err(panic) = contained(|| drop(self)) {
            let cause = Cause::Panic(panic);
            app.report(&Failure { unit, connection: Some(id), stage: Stage::Teardown, cause });
        }
    }
}

fn part(connection: &mut impl Hooks) {
    let causes = contained(|| connection.part()).unwrap_or_else(|panic| vec![Cause::Panic(panic)]);
    for cause in causes {
        report(connection, Stage::Teardown, cause);
    }
}

fn judge(connection: &mut impl Hooks, stage: Stage, result: Result<Ran, Cause>) -> Outcome {
    let cause = match result {
        Ok(Ran { tick_at, close, half_open }) => return Outcome { tick_at, close, half_open, ..Outcome::default() },
        Err(cause) => cause,
    };
    let fatal = matches!(cause, Cause::Panic(_) | Cause::TimedOut);
    let failed = fatal || matches!(cause, Cause::Error(_));
    let close = (matches!(cause, Cause::Malformed(_)) && connection.malformed() == Malformed::Close)
        .then(|| CloseFrame::of(CloseCode::INVALID_DATA, "malformed message"));
    if failed {
        tracing::debug!(%stage, panicked = matches!(cause, Cause::Panic(_)), "a hook failed");
    }
    report(connection, stage, cause);
    Outcome { failed, fatal, close, ..Outcome::default() }
}

/// Calls the error hook; a panic in it ends up in the log, and nowhere else.
fn report(connection: &mut impl Hooks, stage: Stage, cause: Cause) {
    if let Err(panic) = contained(|| Hooks::report(connection, stage, cause)) {
        let base = connection.base();
        tracing::error!(unit = %base.unit, connection = %base.link.id(), panic, "the error hook panicked");
    }
}

/// One hook: polled first, so that a burst of hooks that are ready at once costs one write, and what is beside it only
/// while it is pending.
#[pin_project]
struct Hook<'a, F> {
    #[pin]
    hook: Option<F>,
    beside: &'a mut dyn Beside,
}

impl<F: Future<Output = Result<Ran, Cause>>> Future for Hook<'_, F> {
    type Output = Result<Result<Ran, Cause>, Halt>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(hook) = this.hook.as_mut().as_pin_mut() else {
            return Poll::Pending; // it has ended, and is not polled any more
        };
        let output = match contained(|| hook.poll(cx)) {
            Ok(Poll::Ready(result)) => Ok(result),
            Ok(Poll::Pending) => Err(ready!(this.beside.poll(cx))),
            Err(panic) => Ok(Err(Cause::Panic(panic))),
        };
        // What the hook held is the app's, and may panic when it is dropped.
        Poll::Ready(contained(|| this.hook.set(None)).map_or_else(|panic| Ok(Err(Cause::Panic(panic))), |()| output))
    }
}
