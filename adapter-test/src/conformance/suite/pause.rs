use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use irori::rt::{MaybeSend, MaybeSync, Now, Runtime, Timer, sleep};

/// How the suite waits, whatever the host's clock is: a runtime whose type is forgotten.
#[derive(Clone)]
pub struct Pause(Arc<dyn Clock>);

impl Pause {
    /// Waits on the clock of `runtime`.
    pub fn of<R: Runtime>(runtime: R) -> Self {
        Self(Arc::new(runtime))
    }

    /// Waits so many milliseconds.
    pub(super) async fn millis(&self, millis: u64) {
        sleep(self, Duration::from_millis(millis)).await;
    }
}

impl Runtime for Pause {
    type Timer = PauseTimer;

    fn now(&self) -> Now {
        self.0.now()
    }

    fn timer(&self) -> PauseTimer {
        self.0.timer()
    }

    fn random(&self) -> u128 {
        self.0.random()
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}

/// A timer of a [`Pause`].
pub struct PauseTimer(Pin<Box<dyn Timer>>);

impl Timer for PauseTimer {
    fn poll_until(mut self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll_until(at, cx)
    }
}

impl fmt::Debug for PauseTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PauseTimer")
    }
}

/// A runtime without types of its own.
trait Clock: MaybeSend + MaybeSync {
    fn now(&self) -> Now;

    fn timer(&self) -> PauseTimer;

    fn random(&self) -> u128;
}

impl<R: Runtime> Clock for R {
    fn now(&self) -> Now {
        Runtime::now(self)
    }

    fn timer(&self) -> PauseTimer {
        PauseTimer(Box::pin(Runtime::timer(self)))
    }

    fn random(&self) -> u128 {
        Runtime::random(self)
    }
}
