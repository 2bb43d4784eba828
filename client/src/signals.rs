//! Who is woken by what.

use std::collections::BTreeMap;

use irori::ConnectionId;

use crate::{mirror::Change, signal::Signal};

/// As many members may be watched before those that nobody watches any more are looked for.
const SWEEP: usize = 32;

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    Status,
    CloseInfo,
    Queued,
    Members,
    Roster,
    OwnId,
    Own,
    Member(ConnectionId),
}

/// One signal for each thing that is watched by itself.
pub(crate) struct Signals {
    status: Signal,
    close_info: Signal,
    queued: Signal,
    members: Signal,
    roster: Signal,
    own_id: Signal,
    own: Signal,
    each: BTreeMap<ConnectionId, Signal>,
    /// How many of those there are when they are swept.
    sweep: usize,
}

impl Signals {
    pub(crate) fn new() -> Self {
        let signal = Signal::new;
        Self {
            status: signal(),
            close_info: signal(),
            queued: signal(),
            members: signal(),
            roster: signal(),
            own_id: signal(),
            own: signal(),
            each: BTreeMap::new(),
            sweep: SWEEP,
        }
    }

    pub(crate) fn of(&mut self, what: Watched) -> &Signal {
        match what {
            Watched::Status => &self.status,
            Watched::CloseInfo => &self.close_info,
            Watched::Queued => &self.queued,
            Watched::Members => &self.members,
            Watched::Roster => &self.roster,
            Watched::OwnId => &self.own_id,
            Watched::Own => &self.own,
            Watched::Member(id) => {
                if self.each.len() >= self.sweep {
                    self.each.retain(|_, signal| signal.is_watched());
                    self.sweep = SWEEP.max(2 * self.each.len()); // so each is looked at once per watch, on average
                }
                self.each.entry(id).or_insert_with(Signal::new)
            }
        }
    }

    /// Those who watch what changed.
    pub(crate) fn changed(&self, change: Change) -> Vec<Signal> {
        let Self { members, roster, own_id, own, each, .. } = self;
        let (all, one): (&[_], _) = match change {
            Change::Nothing => return Vec::new(),
            Change::Entered | Change::Left => {
                return each.values().chain([members, roster, own_id, own]).cloned().collect();
            }
            Change::Membership { id, is_own: true } => (&[members, roster, own], id),
            Change::Membership { id, is_own: false } => (&[members, roster], id),
            Change::State { id, is_own: true } => (&[roster, own], id),
            Change::State { id, is_own: false } => (&[roster], id),
        };
        each.get(&one).into_iter().chain(all.iter().copied()).cloned().collect()
    }

    /// All of them.
    pub(crate) fn into_all(self) -> impl Iterator<Item = Signal> {
        [self.status, self.close_info, self.queued, self.members, self.roster, self.own_id, self.own]
            .into_iter()
            .chain(self.each.into_values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_nobody_watches_are_forgotten() {
        let mut signals = Signals::new();
        let member = |number| Watched::Member(ConnectionId::from_random(number));
        let kept = signals.of(member(0)).watcher();
        for number in 1..10_000 {
            drop(signals.of(member(number)).watcher());
            assert!(signals.each.len() <= SWEEP);
        }
        signals.of(member(0)).raise();
        let mut kept = kept;
        assert!(kept.poll_changed(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_ready());
    }
}
