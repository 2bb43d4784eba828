//! How somebody hears that a value changed, without the value.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// Wakes who watches a value. Clones are one.
#[derive(Clone)]
pub(crate) struct Signal(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How often it was raised.
    raised: u64,
    ended: bool,
    /// Who waits, by the number of its watcher.
    waiting: BTreeMap<u64, Waker>,
    watchers: u64,
}

impl Signal {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// The value changed.
    pub(crate) fn raise(&self) {
        self.wake(|state| state.raised += 1);
    }

    /// It never will any more.
    pub(crate) fn end(&self) {
        self.wake(|state| state.ended = true);
    }

    /// A watcher of what comes from now on.
    pub(crate) fn watcher(&self) -> Watcher {
        let mut state = lock(&self.0);
        state.watchers += 1;
        Watcher { state: Arc::clone(&self.0), number: state.watchers, seen: state.raised }
    }

    pub(crate) fn is_watched(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Wakes without the lock.
    fn wake(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.0);
        change(&mut state);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_values().for_each(Waker::wake);
    }
}

/// One who watches.
pub(crate) struct Watcher {
    state: Arc<Mutex<State>>,
    number: u64,
    seen: u64,
}

impl Watcher {
    /// Whether the value changed since it was seen; `false` when it never will any more.
    pub(crate) fn poll_changed(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut state = lock(&self.state);
        if state.raised != self.seen {
            self.seen = state.raised;
            return Poll::Ready(true);
        }
        if state.ended {
            return Poll::Ready(false);
        }
        let before = state.waiting.insert(self.number, cx.waker().clone());
        drop(state);
        drop(before); // an executor's code, without the lock
        Poll::Pending
    }

    /// The value is looked at now: only what comes after that is a change.
    pub(crate) fn see(&mut self) {
        self.seen = lock(&self.state).raised;
    }
}

/// It has seen what the original has.
impl Clone for Watcher {
    fn clone(&self) -> Self {
        let mut state = lock(&self.state);
        state.watchers += 1;
        Self { state: Arc::clone(&self.state), number: state.watchers, seen: self.seen }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let waker = lock(&self.state).waiting.remove(&self.number);
        drop(waker);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn each_watcher_hears_of_each_change_once() {
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let signal = Signal::new();
        signal.raise();
        let mut first = signal.watcher();
        assert_eq!(first.poll_changed(&mut cx), Poll::Pending, "what was before is none");
        let mut second = first.clone();
        assert_eq!([first.poll_changed(&mut cx), second.poll_changed(&mut cx)], [Poll::Pending; 2]);
        signal.raise();
        signal.raise();
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert_eq!([first.poll_changed(&mut cx), second.poll_changed(&mut cx)], [Poll::Ready(true); 2]);
        signal.raise();
        first.see();
        assert_eq!(first.poll_changed(&mut cx), Poll::Pending);
        drop(first);
        signal.end();
        assert_eq!(count.0.load(Ordering::Relaxed), 2, "nobody waited");
        assert_eq!(second.poll_changed(&mut cx), Poll::Ready(true), "a change, and then the end");
        assert_eq!(second.poll_changed(&mut cx), Poll::Ready(false));
        drop(second);
        assert!(!signal.is_watched());
    }
}
