use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use irori::rt::Now;

/// Messages at once. Enough for a page that comes back to all its rooms and says what has waited.
pub(crate) const BURST: u32 = 20;

/// One more message after each of these: two a second.
const INTERVAL: Duration = Duration::from_millis(500);

/// Messages over the rate, within [`MINUTE`], that lead to a ban.
const BREACHES: usize = 3;

const MINUTE: Duration = Duration::from_secs(60);

/// How long a ban lasts.
const BAN: Duration = Duration::from_secs(60);

/// Users of whom something is remembered at once.
const USERS: usize = 10_000;

/// How fast each user talks, over all their connections, and who may not talk for a while. It knows no clock.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    users: BTreeMap<String, Tempo>,
}

/// What is to be done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// It is not taken; one is, after this time.
    TooFast(Duration),
    /// It was one too many, or came within a ban: over a connection that was let in before.
    Banned(Duration),
}

#[derive(Debug, Default)]
struct Tempo {
    /// When the messages so far would have come, had they come evenly (GCRA's theoretical arrival time).
    even: Now,
    /// The last messages over the rate.
    breaches: VecDeque<Now>,
    banned_until: Now,
}

impl Pace {
    /// How long the user is banned yet.
    pub(crate) fn ban(&self, user: &str, now: Now) -> Option<Duration> {
        self.users.get(user)?.ban(now)
    }

    /// A message of the user came.
    pub(crate) fn count(&mut self, user: &str, now: Now) -> Verdict {
        if self.users.len() >= USERS && !self.users.contains_key(user) {
            self.users.retain(|_, tempo| tempo.matters(now));
            if self.users.len() >= USERS {
                return Verdict::TooFast(INTERVAL);
            }
        }
        self.users.entry(user.to_owned()).or_default().count(now)
    }
}

impl Tempo {
    fn ban(&self, now: Now) -> Option<Duration> {
        let left = self.banned_until.since(now);
        (!left.is_zero()).then_some(left)
    }

    fn count(&mut self, now: Now) -> Verdict {
        if let Some(left) = self.ban(now) {
            return Verdict::Banned(left);
        }
        let early = self.even.since(now).saturating_sub(INTERVAL * (BURST - 1));
        if early.is_zero() {
            self.even = self.even.max(now) + INTERVAL;
            return Verdict::Pass;
        }
        self.breaches.retain(|breach| now.since(*breach) < MINUTE);
        self.breaches.push_back(now);
        if self.breaches.len() < BREACHES {
            return Verdict::TooFast(early);
        }
        *self = Self { banned_until: now + BAN, ..Self::default() };
        Verdict::Banned(BAN)
    }

    /// Whether forgetting it would change anything.
    fn matters(&self, now: Now) -> bool {
        let breached = self.breaches.back().is_some_and(|breach| now.since(*breach) < MINUTE);
        breached || self.even > now || self.banned_until > now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that was let in just before the ban, and opens after it, can do nothing.
    #[test]
    fn who_is_banned_stays_so_whatever_comes_over_another_connection() {
        let mut pace = Pace::default();
        let start = Now::default() + MINUTE;
        let verdicts: Vec<_> = (0..BURST + 3).map(|_| pace.count("Ada", start)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Banned(BAN)));
        assert_eq!(pace.count("Ada", start + INTERVAL), Verdict::Banned(BAN - INTERVAL));
        assert_eq!(pace.count("Ada", start + BAN), Verdict::Pass);
    }

    #[test]
    fn only_who_cannot_be_forgotten_is_remembered() {
        let mut pace = Pace::default();
        let start = Now::default() + MINUTE;
        for user in 0..USERS {
            assert_eq!(pace.count(&user.to_string(), start), Verdict::Pass);
        }
        assert_eq!(pace.count("Ada", start), Verdict::TooFast(INTERVAL));
        assert_eq!(pace.count("0", start), Verdict::Pass, "who is known may talk");

        assert_eq!(pace.count("Ada", start + INTERVAL), Verdict::Pass);
        assert_eq!(pace.users.keys().collect::<Vec<_>>(), ["0", "Ada"]);
    }
}
