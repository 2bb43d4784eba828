use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use irori::rt::{MaybeSend, MaybeSync};

use crate::signal::Watcher;

/// A value that changes, and a way to hear of it. Each watches for itself, and what it does not watch does not wake it.
///
/// ```
/// # async fn show(watch: irori_client::Watch<irori_client::Status>) {
/// let mut status = watch; // of `socket.status()`
/// println!("it is {}", status.get());
/// while status.changed().await {
///     println!("it became {}", status.get());
/// }
/// # }
/// ```
pub struct Watch<T> {
    changes: Watcher,
    value: Arc<dyn Value<T>>,
}

/// What reads the value as it is.
trait Value<T>: MaybeSend + MaybeSync {
    fn value(&self) -> T;
}

impl<T, F: Fn() -> T + MaybeSend + MaybeSync> Value<T> for F {
    fn value(&self) -> T {
        self()
    }
}

impl<T> Watch<T> {
    pub(crate) fn new(changes: Watcher, value: impl Fn() -> T + MaybeSend + MaybeSync + 'static) -> Self {
        Self { changes, value: Arc::new(value) }
    }

    /// The value now. What it was in between is not kept.
    pub fn get(&self) -> T {
        self.value.value()
    }

    /// Waits until the value may have changed since the last call, or since the watch began; `false` when it never will
    /// any more, since the client [ended](crate#the-end-of-a-client).
    pub async fn changed(&mut self) -> bool {
        poll_fn(|cx| self.changes.poll_changed(cx)).await
    }

    /// Waits for a value like this. `None` when there will be none any more, since the client
    /// [ended](crate#the-end-of-a-client).
    pub async fn wait_for(&mut self, is_it: impl Fn(&T) -> bool) -> Option<T> {
        loop {
            let value = self.see();
            if is_it(&value) {
                return Some(value);
            }
            if !self.changed().await {
                return None;
            }
        }
    }

    /// The value now, and then whatever it becomes. It ends with the client.
    pub fn stream(self) -> WatchStream<T> {
        WatchStream { watch: self, began: false }
    }

    /// The value now. What comes while it is looked at counts as a change.
    fn see(&mut self) -> T {
        self.changes.see();
        self.get()
    }
}

impl<T> Clone for Watch<T> {
    fn clone(&self) -> Self {
        Self { changes: self.changes.clone(), value: Arc::clone(&self.value) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.get()).finish()
    }
}

/// The values of a [`Watch`], by [`Watch::stream`]: the first at once, and then each that is there when the reader comes.
#[must_use = "streams do nothing unless polled"]
pub struct WatchStream<T> {
    watch: Watch<T>,
    began: bool,
}

impl<T> Stream for WatchStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let is_there = !self.began || ready!(self.watch.changes.poll_changed(cx));
        self.began = true;
        Poll::Ready(is_there.then(|| self.watch.see()))
    }
}

impl<T> Clone for WatchStream<T> {
    fn clone(&self) -> Self {
        Self { watch: self.watch.clone(), began: self.began }
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchStream").field(&self.watch.get()).finish()
    }
}
