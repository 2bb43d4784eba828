//! Who is woken by what.

use std::collections::BTreeMap;

use irori::ConnectionId;

use crate::{mirror::Change, watch::Signal};

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    Status,
    CloseInfo,
    Queued,
    Members,
    Roster,
    Member(ConnectionId),
}

/// One signal for each thing that is watched by itself.
pub(crate) struct Signals {
    status: Signal,
    close_info: Signal,
    queued: Signal,
    members: Signal,
    roster: Signal,
    each: BTreeMap<ConnectionId, Signal>,
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
            each: BTreeMap::new(),
        }
    }

    pub(crate) fn of(&mut self, what: Watched) -> &Signal {
        match what {
            Watched::Status => &self.status,
            Watched::CloseInfo => &self.close_info,
            Watched::Queued => &self.queued,
            Watched::Members => &self.members,
            Watched::Roster => &self.roster,
            Watched::Member(id) => {
                self.each.retain(|_, signal| signal.is_watched());
                self.each.entry(id).or_insert_with(Signal::new)
            }
        }
    }

    /// Those who watch what changed.
    pub(crate) fn changed(&self, change: Change) -> Vec<Signal> {
        let (members, each): (_, Vec<_>) = match change {
            Change::Nothing => return Vec::new(),
            Change::Entered | Change::Left => (Some(&self.members), self.each.values().collect()),
            Change::Membership(id) => (Some(&self.members), self.each.get(&id).into_iter().collect()),
            Change::State(id) => (None, self.each.get(&id).into_iter().collect()),
        };
        each.into_iter().chain(members).chain([&self.roster]).cloned().collect()
    }
}
