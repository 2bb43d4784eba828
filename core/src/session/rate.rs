use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{error::Breach, limits::Limits, rt::Now};

/// A rate limit as a value: the generic cell rate algorithm, one number of state.
///
/// The number is the moment at which everything taken so far would have been taken at the steady rate. It may run ahead
/// of the clock by as much as the burst lasts.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Gcra(Now);

impl Gcra {
    /// Takes `cost` units, when that is allowed at `rate` units a second with `burst` units at once.
    pub(crate) fn take(&mut self, now: Now, cost: u64, rate: u32, burst: u64) -> bool {
        self.take_late(now, now, cost, rate, burst)
    }

    /// As [`take`](Self::take), of what may have come as early as `since`.
    fn take_late(&mut self, now: Now, since: Now, cost: u64, rate: u32, burst: u64) -> bool {
        let next = self.0.max(since) + span(cost, rate);
        let allowed = next <= now + span(burst, rate);
        if allowed {
            self.0 = next;
        }
        allowed
    }

    /// When one unit will be allowed.
    pub(crate) fn ready_at(&self, rate: u32, burst: u64) -> Now {
        let ahead = span(burst.saturating_sub(1), rate);
        Now::from_nanos(self.0.as_nanos().saturating_sub(u64::try_from(ahead.as_nanos()).unwrap_or(u64::MAX)))
    }
}

fn span(units: u64, rate: u32) -> Duration {
    let nanos = u128::from(units) * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// How much a peer sends. Stored as three numbers.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(from = "[Gcra; 3]", into = "[Gcra; 3]")]
pub(super) struct Meter {
    messages: Gcra,
    bytes: Gcra,
    strikes: Gcra,
}

impl From<[Gcra; 3]> for Meter {
    fn from([messages, bytes, strikes]: [Gcra; 3]) -> Self {
        Self { messages, bytes, strikes }
    }
}

impl From<Meter> for [Gcra; 3] {
    fn from(meter: Meter) -> Self {
        [meter.messages, meter.bytes, meter.strikes]
    }
}

/// What something that came weighs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    messages: u64,
    bytes: u64,
}

impl Load {
    pub(super) fn message(bytes: usize) -> Self {
        Self { messages: 1, bytes: bytes as u64 }
    }

    /// A control frame: no message, but bytes, those of its header included.
    pub(super) fn control(payload: usize) -> Self {
        Self { messages: 0, bytes: payload as u64 + 6 }
    }
}

pub(super) enum Verdict {
    Take,
    Drop(Breach),
    /// Dropped, and that was once too often.
    GiveUp(Breach),
}

impl Meter {
    /// Weighs what is read `now` and may have come as early as `since`.
    pub(super) fn weigh(&mut self, now: Now, since: Now, load: Load, limits: &Limits) -> Verdict {
        let rate = &limits.rate;
        // A message of the greatest size must be able to pass.
        let bytes_burst = (u64::from(rate.bytes) * 2).max(limits.message.bytes as u64);
        let breach = if !self.messages.take_late(now, since, load.messages, rate.messages, u64::from(rate.burst)) {
            Breach::MessageRate
        } else if !self.bytes.take_late(now, since, load.bytes, rate.bytes, bytes_burst) {
            Breach::ByteRate
        } else {
            return Verdict::Take;
        };
        if self.strikes.take(now, 1, 1, u64::from(rate.strikes)) {
            Verdict::Drop(breach)
        } else {
            Verdict::GiveUp(breach)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_at_once_and_then_one_by_one() {
        let mut gcra = Gcra::default();
        let start = Now::from_nanos(1_000);
        let taken = |gcra: &mut Gcra, now| (0..200).filter(|_| gcra.take(now, 1, 50, 100)).count();
        assert_eq!(taken(&mut gcra, start), 100);
        assert_eq!(gcra.ready_at(50, 100), start + Duration::from_millis(20));
        assert_eq!(taken(&mut gcra, start + Duration::from_millis(20)), 1);
        assert_eq!(taken(&mut gcra, start + Duration::from_secs(1)), 49);
        assert_eq!(taken(&mut gcra, start + Duration::from_secs(60)), 100);
    }
}
