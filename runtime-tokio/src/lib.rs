//! What tokio lends to irori: a clock, timers and randomness. Shared by every host that runs on tokio and by the native
//! client; `irori-hyper` has it too.

use std::{
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll, ready},
    time::Duration,
};

use irori::rt::{Now, Runtime, Timer};
use pin_project::pin_project;
use tokio::time::{Instant, Sleep};

/// Where [`Now`] starts, the same for all connections of the process.
///
/// By the system's clock, and an hour ago: tokio's may be one that a test has paused, which is behind that of other tests
/// or, once it was advanced, ahead of it.
#[expect(clippy::disallowed_methods, reason = "an adapter's clock: what `Now` is made of")]
static ORIGIN: LazyLock<Instant> = LazyLock::new(|| {
    let now = std::time::Instant::now();
    now.checked_sub(Duration::from_secs(60 * 60)).unwrap_or(now).into()
});

/// What tokio lends to the core.
///
/// Its clock is tokio's, so that a test which pauses tokio's time has paused this one as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioRuntime;

impl Runtime for TokioRuntime {
    type Timer = TokioTimer;

    #[expect(clippy::disallowed_methods, reason = "an adapter's clock: what `Now` is made of")]
    fn now(&self) -> Now {
        let origin = *ORIGIN;
        Now::default() + Instant::now().saturating_duration_since(origin)
    }

    fn timer(&self) -> TokioTimer {
        TokioTimer::default()
    }

    /// # Panics
    ///
    /// When the operating system has no randomness to give: no id could be trusted then.
    #[expect(clippy::expect_used, reason = "an id that can be guessed is worse than a connection less")]
    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        u128::from_ne_bytes(bytes)
    }
}

/// A timer of tokio, which costs nothing while its moment only moves away.
///
/// A connection's deadlines move with every message. The timer stays set to the moment it knows and, once that has
/// come, sets itself to the one that is wanted by then.
#[pin_project]
#[derive(Debug, Default)]
pub struct TokioTimer {
    #[pin]
    sleep: Option<Sleep>,
    /// What `sleep` is set to.
    set: Now,
}

impl Timer for TokioTimer {
    fn poll_until(self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            match this.sleep.as_mut().as_pin_mut() {
                Some(mut sleep) if *this.set <= at => {
                    ready!(sleep.as_mut().poll(cx));
                    if *this.set == at {
                        return Poll::Ready(());
                    }
                    sleep.reset(instant(at));
                }
                Some(sleep) => sleep.reset(instant(at)),
                None => this.sleep.set(Some(sleep_until(at))),
            }
            *this.set = at;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "an adapter's timer: what the core asks for instead")]
fn sleep_until(at: Now) -> Sleep {
    tokio::time::sleep_until(instant(at))
}

fn instant(at: Now) -> Instant {
    /// Later than any connection lives, and near enough for every clock.
    const NEVER: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
    *ORIGIN + at.since(Now::default()).min(NEVER)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn until(timer: &mut Pin<Box<TokioTimer>>, at: Now) {
        poll_fn(|cx| timer.as_mut().poll_until(at, cx)).await;
    }

    /// Polls once, without waiting.
    async fn is_due(timer: &mut Pin<Box<TokioTimer>>, at: Now) -> bool {
        poll_fn(|cx| Poll::Ready(timer.as_mut().poll_until(at, cx).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_follows_its_moment_both_ways() {
        let runtime = TokioRuntime;
        let start = runtime.now();
        let in_secs = |secs| start + Duration::from_secs(secs);
        let mut timer = Box::pin(runtime.timer());

        assert!(!is_due(&mut timer, in_secs(10)).await);
        until(&mut timer, in_secs(30)).await;
        assert_eq!(runtime.now().since(start).as_secs(), 30, "it moved away while it was set");

        assert!(!is_due(&mut timer, in_secs(90)).await);
        until(&mut timer, in_secs(40)).await;
        assert_eq!(runtime.now().since(start).as_secs(), 40, "it came nearer while it was set");
        assert!(is_due(&mut timer, in_secs(40)).await, "what is past stays past");
        assert!(!is_due(&mut timer, Now::from_nanos(u64::MAX)).await);
    }

    #[test]
    fn random_numbers_differ() {
        assert_ne!(TokioRuntime.random(), TokioRuntime.random());
    }
}
