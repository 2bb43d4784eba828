use std::time::Duration;

use crate::{limits::LivenessLimits, rt::Now};

/// Whether the peer is still there.
#[derive(Debug)]
pub(super) struct Liveness {
    heard: Now,
    messaged: Now,
    pinged: Option<Now>,
    ping_after: Duration,
}

/// What the peer's silence calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    Steady,
    Ping,
    Dead,
    Idle,
}

impl Liveness {
    /// `seed` moves the interval by up to a fifth, so that a thousand connections made at once do not ping at once.
    pub(super) fn new(now: Now, seed: u64, limits: &LivenessLimits) -> Self {
        let spread = 0.8 + 0.4 * (seed % 1_024) as f64 / 1_024.0;
        Self { heard: now, messaged: now, pinged: None, ping_after: scaled(limits.ping_after, spread) }
    }

    /// Of a host that sees by itself whether the peer is there: no ping is ever sent.
    pub(super) fn seen_by_host(messaged: Now) -> Self {
        Self { heard: messaged, messaged, pinged: None, ping_after: Duration::MAX }
    }

    /// Anything at all came.
    pub(super) fn heard(&mut self, now: Now) {
        self.heard = now;
        self.pinged = None;
    }

    /// A message came.
    pub(super) fn message(&mut self, now: Now) {
        self.messaged = now;
    }

    /// When the last message came.
    pub(super) fn messaged(&self) -> Now {
        self.messaged
    }

    pub(super) fn poll(&mut self, now: Now, limits: &LivenessLimits) -> Beat {
        if limits.idle.is_some_and(|idle| now >= self.messaged + idle) {
            return Beat::Idle;
        }
        match self.pinged {
            Some(pinged) if now >= pinged + limits.pong_within => Beat::Dead,
            None if now >= self.heard + self.ping_after => {
                self.pinged = Some(now);
                Beat::Ping
            }
            _ => Beat::Steady,
        }
    }

    /// When to look again; `None` when there is no need to.
    pub(super) fn due(&self, limits: &LivenessLimits) -> Option<Now> {
        let beat = match self.pinged {
            Some(pinged) => after(pinged, limits.pong_within),
            None => after(self.heard, self.ping_after),
        };
        let idle = limits.idle.and_then(|idle| after(self.messaged, idle));
        [beat, idle].into_iter().flatten().min()
    }
}

/// The moment that much later, unless it never comes.
fn after(now: Now, duration: Duration) -> Option<Now> {
    (duration != Duration::MAX).then(|| now + duration)
}

/// `Duration::MAX` is how a limit is turned off, and stays what it is.
fn scaled(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}
