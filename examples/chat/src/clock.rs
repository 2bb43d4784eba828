use std::{fmt, sync::Arc, time::Duration};

use irori::rt::{Now, Runtime};

/// The clocks of the chat: one that never goes back, by which people are slowed down, and the one on the wall, which is
/// told to people and written into tokens. A test moves both.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Now + Send + Sync>,
    wall: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The clock of the host, and one that gives the time since the Unix epoch.
    pub fn new(runtime: impl Runtime, wall: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(move || runtime.now()), wall: Arc::new(wall) }
    }

    pub(crate) fn now(&self) -> Now {
        (self.now)()
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn unix_millis(&self) -> u64 {
        u64::try_from((self.wall)().as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds since the Unix epoch.
    pub(crate) fn unix_seconds(&self) -> u64 {
        (self.wall)().as_secs()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
