//! The clock, timers and randomness of a Worker.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use irori::rt::{Now, Runtime, Timer};
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Date, Delay, send::SendWrapper};

#[wasm_bindgen]
extern "C" {
    /// Fills a buffer with what nobody can guess.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(buffer: &mut [u8]);
}

/// The runtime of a Worker. Its clock stands still while code runs, as a Worker's does.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkersRuntime;

impl Runtime for WorkersRuntime {
    type Timer = WorkersTimer;

    fn now(&self) -> Now {
        now()
    }

    fn timer(&self) -> WorkersTimer {
        WorkersTimer(None)
    }

    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        get_random_values(&mut bytes);
        u128::from_be_bytes(bytes)
    }
}

/// The time since the Unix epoch: it means the same after memory was gone.
pub(crate) fn now() -> Now {
    Now::from_nanos(Date::now().as_millis().saturating_mul(1_000_000))
}

/// A timer of a Worker: `setTimeout`.
pub struct WorkersTimer(Option<(Now, SendWrapper<Delay>)>);

impl Timer for WorkersTimer {
    fn poll_until(mut self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()> {
        let now = now();
        if at <= now {
            self.0 = None;
            return Poll::Ready(());
        }
        if self.0.as_ref().is_none_or(|(set, _)| *set != at) {
            self.0 = Some((at, SendWrapper::new(delay(at.since(now)))));
        }
        match &mut self.0 {
            Some((_, delay)) => Pin::new(&mut delay.0).poll(cx),
            None => Poll::Pending,
        }
    }
}

impl fmt::Debug for WorkersTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WorkersTimer").field(&self.0.as_ref().map(|(at, _)| at)).finish()
    }
}

/// A wait of at least so long: a timeout has whole milliseconds, and at most 2³¹ of them.
pub(crate) fn delay(duration: Duration) -> Delay {
    let millis = duration.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128);
    Delay::from(Duration::from_millis(millis as u64))
}
