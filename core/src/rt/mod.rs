//! What a runtime must give, and nothing more: a clock, timers and randomness.
//!
//! The core never reads a clock and never sleeps by itself, so that a test can move time by hand and a Durable
//! Object, which has neither threads nor `Instant`, can run it.

mod now;
mod send;

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

pub use self::{
    now::Now,
    send::{BoxError, BoxFuture, MaybeSend, MaybeSync},
};

/// A clock, timers and randomness: what an adapter lends to the core.
///
/// # Contract
///
/// - `now` never goes back, and never runs faster or slower than the timers do.
/// - `random` gives 128 bits that nobody can guess: connection ids are made of them
///   (`upgrade::concurrent_upgrades_get_distinct_ids`).
pub trait Runtime: Clone + MaybeSend + MaybeSync + 'static {
    /// A timer of this runtime.
    type Timer: Timer;

    /// The time now.
    fn now(&self) -> Now;

    /// A timer, not set yet.
    fn timer(&self) -> Self::Timer;

    /// 128 random bits.
    fn random(&self) -> u128;
}

/// One timer, which can be set again and again.
pub trait Timer: MaybeSend + 'static {
    /// Ready once `at` has come; else the task is woken then.
    ///
    /// A call with another `at` sets the timer anew.
    fn poll_until(self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()>;
}

/// Waits for `duration` on the clock of `runtime`.
pub async fn sleep<R: Runtime>(runtime: &R, duration: Duration) {
    let at = runtime.now() + duration;
    let mut timer = pin!(runtime.timer());
    poll_fn(|cx| timer.as_mut().poll_until(at, cx)).await;
}

/// Runs `future`, but no longer than `limit`: `None` when time ran out first.
pub(crate) async fn within<R: Runtime, F: Future>(runtime: &R, limit: Duration, future: F) -> Option<F::Output> {
    let at = runtime.now() + limit;
    let mut timer = pin!(runtime.timer());
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll_until(at, cx).map(|()| None),
    })
    .await
}
