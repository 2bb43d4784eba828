//! A clock that moves while a turn is under way, as every real one does.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use irori::{
    App, Events, Upgrade,
    helper::drive,
    rt::{Now, Runtime, Timer},
};

use crate::{door::Door, wire::Wire};

/// Times that a timer may be looked at before a turn is taken for one without end.
const LOOKS: u64 = 1_000;

/// A clock that is thirteen seconds later each time a timer is looked at.
#[derive(Clone, Default)]
struct Leaping(Arc<AtomicU64>);

impl Runtime for Leaping {
    type Timer = Self;

    fn now(&self) -> Now {
        Now::default() + Duration::from_secs(13 * self.0.load(Ordering::Relaxed))
    }

    fn timer(&self) -> Self {
        self.clone()
    }

    fn random(&self) -> u128 {
        0
    }
}

impl Timer for Leaping {
    fn poll_until(self: Pin<&mut Self>, at: Now, _: &mut Context<'_>) -> Poll<()> {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(looks < LOOKS, "a turn without end");
        if self.now() >= at { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[test]
fn a_timer_that_goes_off_during_a_turn_is_seen() {
    let door = Door::new(App::new().websocket("/quiet", |_: &Upgrade| Events::new()));
    let wire = Wire::default();
    let mut task = Box::pin(drive(wire.clone(), door.admit("/quiet"), Leaping::default()));
    let mut cx = Context::from_waker(Waker::noop());
    let polls = (1..100).find(|_| task.as_mut().poll(&mut cx).is_ready());
    assert!(polls.is_some(), "pinged, found dead, closed, and cut at last");
    assert_eq!(wire.take_said(), ["ping", "close 4408"]);
}
