use std::{collections::BTreeMap, task::Waker};

use irori::rt::Now;

/// Timers by the moment they go off, and by the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Timers {
    waiting: BTreeMap<TimerKey, Waker>,
    next: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimerKey {
    pub(super) at: Now,
    number: u64,
}

impl Timers {
    pub(super) fn set(&mut self, at: Now, waker: Waker) -> TimerKey {
        let key = TimerKey { at, number: self.next };
        self.next += 1;
        self.waiting.insert(key, waker);
        key
    }

    /// Wakes somebody else when a timer that is set goes off; `false` when it has gone off already.
    pub(super) fn renew(&mut self, key: TimerKey, waker: &Waker) -> bool {
        self.waiting.get_mut(&key).map(|known| known.clone_from(waker)).is_some()
    }

    pub(super) fn unset(&mut self, key: TimerKey) {
        self.waiting.remove(&key);
    }

    pub(super) fn next(&self) -> Option<Now> {
        self.waiting.keys().next().map(|key| key.at)
    }

    /// Takes out whom to wake now.
    pub(super) fn take_due(&mut self, now: Now) -> Vec<Waker> {
        let later = self.waiting.split_off(&TimerKey { at: Now::from_nanos(now.as_nanos() + 1), number: 0 });
        std::mem::replace(&mut self.waiting, later).into_values().collect()
    }
}
