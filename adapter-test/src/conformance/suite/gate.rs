use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::Pause;

/// Where hooks wait until the case lets them go on, so that no case has to guess how long a slow hook takes.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    open: Arc<AtomicBool>,
    pause: Pause,
}

impl Gate {
    /// A gate that is shut.
    pub(super) fn new(pause: Pause) -> Self {
        Self { open: Arc::default(), pause }
    }

    /// Lets everybody through from now on.
    pub(super) fn open(&self) {
        self.open.store(true, Ordering::Release);
    }

    /// Waits until it is open. It looks again and again: not every host lets one connection wake another's hook.
    pub(super) async fn pass(&self) {
        while !self.open.load(Ordering::Acquire) {
            self.pause.millis(1).await;
        }
    }
}
