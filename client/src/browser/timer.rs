use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use irori::rt::{Now, Timer};
use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};

use super::{global, inbox::Inbox};

/// A timer of the browser's: `setTimeout`.
///
/// The clock says whether a moment has come; the timeout only wakes. So one that wakes early, since its browser rounds, or
/// cannot count that far, is set anew.
#[derive(Debug, Default)]
pub struct BrowserTimer {
    timeout: Option<Timeout>,
}

impl BrowserTimer {
    pub(super) fn new() -> Self {
        Self::default()
    }
}

impl Timer for BrowserTimer {
    fn poll_until(mut self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()> {
        let now = global::now();
        if now >= at {
            self.timeout = None;
            return Poll::Ready(());
        }
        // A moment that only moved away is looked at when the one before it comes.
        let is_set = self.timeout.as_ref().is_some_and(|timeout| timeout.at <= at && timeout.ran.poll(cx).is_pending());
        if !is_set {
            self.timeout = Timeout::start(at, at.since(now), cx);
        }
        Poll::Pending
    }
}

/// A timeout that runs, or ran. Dropped, it is cleared.
#[derive(Debug)]
struct Timeout {
    at: Now,
    id: JsValue,
    ran: Inbox<()>,
    /// What the browser calls.
    _tell: Closure<dyn FnMut()>,
}

impl Timeout {
    fn start(at: Now, wait: Duration, cx: &mut Context<'_>) -> Option<Self> {
        let ran = Inbox::new();
        let _ = ran.poll(cx); // wakes the task then
        let told = ran.clone();
        let tell = Closure::new(move || told.put(()));
        let id = global::set_timeout(tell.as_ref().unchecked_ref::<Function>(), milliseconds(wait)).ok()?;
        Some(Self { at, id, ran, _tell: tell })
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        global::clear_timeout(&self.id);
    }
}

/// Not less than the wait, or as much as a browser can count: almost 25 days.
fn milliseconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}
