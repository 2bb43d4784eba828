//! Calls of the app's code, from which no panic gets out.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use pin_project::pin_project;

/// Calls `call`; a panic becomes its message.
pub(crate) fn contained<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    // What a panicking hook leaves behind is the app's own state, which it must be able to leave behind by an error too.
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
    })
}

/// A future of the app's; a panic while it is polled becomes its message.
#[pin_project]
pub(crate) struct Contained<F>(#[pin] pub(crate) F);

impl<F: Future> Future for Contained<F> {
    type Output = Result<F::Output, String>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project().0;
        match contained(|| future.poll(cx)) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}
