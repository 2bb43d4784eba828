use std::{
    pin::Pin,
    task::{Context, Poll},
};

use irori::rt::{Now, Runtime, Timer};

use super::{World, timers::TimerKey};

/// The clock, timers and randomness of a [`World`].
#[derive(Clone, Debug)]
pub struct MemoryRuntime(World);

impl MemoryRuntime {
    pub(super) fn new(world: World) -> Self {
        Self(world)
    }
}

impl Runtime for MemoryRuntime {
    type Timer = MemoryTimer;

    fn now(&self) -> Now {
        self.0.now()
    }

    fn timer(&self) -> MemoryTimer {
        MemoryTimer { world: self.0.clone(), set: None }
    }

    fn random(&self) -> u128 {
        self.0.random()
    }
}

/// A timer of a [`World`].
#[derive(Debug)]
pub struct MemoryTimer {
    world: World,
    set: Option<TimerKey>,
}

impl Timer for MemoryTimer {
    fn poll_until(mut self: Pin<&mut Self>, at: Now, cx: &mut Context<'_>) -> Poll<()> {
        let world = self.world.clone();
        let mut state = world.lock();
        let known = self.set.take();
        if state.now >= at {
            known.into_iter().for_each(|key| state.timers.unset(key));
            return Poll::Ready(());
        }
        self.set = Some(match known {
            Some(key) if key.at == at && state.timers.renew(key, cx.waker()) => key,
            known => {
                known.into_iter().for_each(|key| state.timers.unset(key));
                state.timers.set(at, cx.waker().clone())
            }
        });
        Poll::Pending
    }
}

impl Drop for MemoryTimer {
    fn drop(&mut self) {
        if let Some(key) = self.set {
            self.world.lock().timers.unset(key);
        }
    }
}
