use std::{fmt, sync::Arc};

use futures_util::{Stream, stream};
use irori::rt::{MaybeSend, MaybeSync};
use tokio::sync::watch;

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
    changes: watch::Receiver<()>,
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
    pub(crate) fn new(changes: watch::Receiver<()>, value: impl Fn() -> T + MaybeSend + MaybeSync + 'static) -> Self {
        Self { changes, value: Arc::new(value) }
    }

    /// The value now. What it was in between is not kept.
    pub fn get(&self) -> T {
        self.value.value()
    }

    /// Waits until the value may have changed since the last call, or since the watch began; `false` when it never will
    /// any more, since the client ended.
    pub async fn changed(&mut self) -> bool {
        self.changes.changed().await.is_ok()
    }

    /// Waits for a value like this. `None` when there will be none any more, since the client ended.
    pub async fn wait_for(&mut self, is_it: impl Fn(&T) -> bool) -> Option<T> {
        loop {
            // What comes while it is looked at counts as a change.
            self.changes.mark_unchanged();
            let value = self.get();
            if is_it(&value) {
                return Some(value);
            }
            if !self.changed().await {
                return None;
            }
        }
    }

    /// The value now, and then whatever it becomes.
    pub fn stream(self) -> impl Stream<Item = T> {
        stream::unfold((self, true), async |(mut watch, first)| {
            let there = first || watch.changed().await;
            there.then(|| (watch.get(), (watch, false)))
        })
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

/// Wakes who watches a value.
#[derive(Clone, Debug)]
pub(crate) struct Signal(watch::Sender<()>);

impl Signal {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub(crate) fn raise(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }
}
