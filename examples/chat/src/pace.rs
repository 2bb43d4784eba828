use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use irori::rt::Now;

/// Messages at once, and as many joins. Enough for a page that comes back to all its rooms and says what has waited.
pub(crate) const BURST: u32 = 20;

/// One more message after each of these: two a second.
const INTERVAL: Duration = Duration::from_millis(500);

/// Messages over the rate, joins aside, within [`MINUTE`], that lead to a ban.
const BREACHES: usize = 3;

const MINUTE: Duration = Duration::from_secs(60);

/// How long a ban lasts.
const BAN: Duration = Duration::from_secs(60);

/// Users of whom something is remembered at once. When there is another, half of them or more are forgotten.
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
    /// It is not taken; another of its kind is, after this time.
    TooFast(Duration),
    /// It was one too many, or came within a ban: over a connection that was let in before.
    Banned(Duration),
}

#[derive(Debug, Default)]
struct Tempo {
    /// Joins, apart from what is said: over several connections, many come at once after each restart of the server.
    joins: Rate,
    /// All else.
    talk: Rate,
    /// The last messages over the rate, joins aside.
    breaches: VecDeque<Now>,
    banned_until: Now,
}

/// When what was let through so far would have come, had it come evenly (GCRA's theoretical arrival time).
#[derive(Debug, Default)]
struct Rate(Now);

impl Pace {
    /// How long the user is banned still.
    pub(crate) fn ban(&self, user: &str, now: Now) -> Option<Duration> {
        self.users.get(user)?.ban(now)
    }

    /// The user asks to join a room: over the rate it is too fast, and never leads to a ban.
    pub(crate) fn join(&mut self, user: &str, now: Now) -> Verdict {
        self.tempo(user, now).join(now)
    }

    /// Any other message of the user came.
    pub(crate) fn talk(&mut self, user: &str, now: Now) -> Verdict {
        self.tempo(user, now).talk(now)
    }

    fn tempo(&mut self, user: &str, now: Now) -> &mut Tempo {
        if self.users.len() >= USERS && !self.users.contains_key(user) {
            self.make_place(now);
        }
        self.users.entry(user.to_owned()).or_default()
    }

    /// Forgets until no more than half are left, so that it is seldom done: first those of whom it changes nothing, then
    /// those who are not banned, and at worst all.
    fn make_place(&mut self, now: Now) {
        let keeps: [fn(&Tempo, Now) -> bool; 2] = [Tempo::matters, |tempo, now| tempo.ban(now).is_some()];
        for keep in keeps {
            self.users.retain(|_, tempo| keep(tempo, now));
            if self.users.len() <= USERS / 2 {
                return;
            }
        }
        self.users.clear();
    }
}

impl Tempo {
    fn ban(&self, now: Now) -> Option<Duration> {
        let left = self.banned_until.since(now);
        (!left.is_zero()).then_some(left)
    }

    fn join(&mut self, now: Now) -> Verdict {
        match self.ban(now) {
            Some(left) => Verdict::Banned(left),
            None => self.joins.take(now).map_or_else(Verdict::TooFast, |()| Verdict::Pass),
        }
    }

    fn talk(&mut self, now: Now) -> Verdict {
        if let Some(left) = self.ban(now) {
            return Verdict::Banned(left);
        }
        let Err(early) = self.talk.take(now) else { return Verdict::Pass };
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
        breached || self.joins.0 > now || self.talk.0 > now || self.banned_until > now
    }
}

impl Rate {
    /// Lets one more through, or says after which time it would.
    fn take(&mut self, now: Now) -> Result<(), Duration> {
        let early = self.0.since(now).saturating_sub(INTERVAL * (BURST - 1));
        if !early.is_zero() {
            return Err(early);
        }
        self.0 = self.0.max(now) + INTERVAL;
        Ok(())
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
        let verdicts: Vec<_> = (0..BURST + 3).map(|_| pace.talk("Ada", start)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Banned(BAN)));
        assert_eq!(pace.talk("Ada", start + INTERVAL), Verdict::Banned(BAN - INTERVAL));
        assert_eq!(pace.join("Ada", start + INTERVAL), Verdict::Banned(BAN - INTERVAL));
        assert_eq!(pace.talk("Ada", start + BAN), Verdict::Pass);
    }

    #[test]
    fn a_newcomer_has_place_and_who_is_banned_is_forgotten_last() {
        let mut pace = Pace::default();
        let start = Now::default() + MINUTE;
        for _ in 0..BURST + 3 {
            pace.talk("Mallory", start);
        }
        for user in 1..USERS {
            assert_eq!(pace.join(&user.to_string(), start), Verdict::Pass);
        }
        assert_eq!(pace.talk("Ada", start), Verdict::Pass);
        assert_eq!(pace.users.keys().collect::<Vec<_>>(), ["Ada", "Mallory"]);
        assert_eq!(pace.talk("Mallory", start), Verdict::Banned(BAN));
    }

    #[test]
    fn when_all_are_banned_a_newcomer_has_place_too() {
        let mut pace = Pace::default();
        let start = Now::default() + MINUTE;
        for user in 0..USERS {
            let tempo = Tempo { banned_until: start + BAN, ..Tempo::default() };
            pace.users.insert(user.to_string(), tempo);
        }
        assert_eq!(pace.talk("Ada", start), Verdict::Pass);
    }

    #[test]
    fn of_whom_nothing_matters_any_more_is_forgotten_first() {
        let mut pace = Pace::default();
        let start = Now::default() + MINUTE;
        for user in 0..USERS {
            pace.talk(&user.to_string(), start);
        }
        for user in ["0", "1"] {
            pace.talk(user, start);
        }
        pace.talk("Ada", start + INTERVAL);
        assert_eq!(pace.users.keys().collect::<Vec<_>>(), ["0", "1", "Ada"]);
    }
}
