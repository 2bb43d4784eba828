use serde::{Deserialize, Serialize};

use super::{Manner, Opened, Session, liveness::Liveness, rate::Meter};
use crate::{limits::Limits, rt::Now};

/// What of a session outlives memory, where that may vanish between two events. No hook runs then, nothing waits to be
/// handled, and nothing is owed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stored {
    #[serde(default)]
    opened: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tick_at: Option<Now>,
    /// When the last message came, where that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    messaged: Option<Now>,
    #[serde(default)]
    rate: Meter,
}

impl Stored {
    /// Whether it is worth writing anew. How much the peer sent is not: an idle peer's rate is soon as good as new.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        (self.opened, self.tick_at, self.messaged) != (other.opened, other.tick_at, other.messaged)
    }
}

impl Session {
    /// A connection of a host that calls by event, as it was when memory was gone.
    pub(crate) fn resumed(now: Now, seed: u64, manner: Manner, stored: &Stored, limits: &Limits) -> Self {
        let mut session = Self::new(now, seed, manner, limits);
        if stored.opened {
            session.opened = Opened::Yes;
        }
        session.liveness = Liveness::seen_by_host(stored.messaged.unwrap_or(now));
        session.tick_at = stored.tick_at;
        session.meter = stored.rate;
        session
    }

    /// What is to be remembered of it.
    pub(crate) fn stored(&self, limits: &Limits) -> Stored {
        Stored {
            opened: self.opened == Opened::Yes,
            tick_at: self.tick_at,
            messaged: limits.liveness.idle.map(|_| self.liveness.messaged()),
            rate: self.meter,
        }
    }
}
