use std::collections::BTreeMap;

use bytes::Bytes;

use super::fanout::Sink;
use crate::{seat::Seat, wire::MemberView};

#[derive(Debug)]
pub(super) struct Roster<S> {
    members: BTreeMap<Seat, Member<S>>,
    next: Seat,
}

#[derive(Debug)]
pub(super) struct Member<S> {
    pub(super) sink: S,
    /// The presence state as JSON; `None` when there is none, which is not `null`.
    pub(super) state: Option<Bytes>,
}

impl<S> Default for Roster<S> {
    fn default() -> Self {
        Self { members: BTreeMap::new(), next: Seat::new(0) }
    }
}

impl<S: Sink> Roster<S> {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn add(&mut self, sink: S, state: Option<Bytes>) -> Seat {
        let seat = self.next;
        self.restore(seat, sink, state);
        seat
    }

    /// Puts a member back into its seat.
    pub(super) fn restore(&mut self, seat: Seat, sink: S, state: Option<Bytes>) {
        self.next = self.next.max(seat.next());
        self.members.insert(seat, Member { sink, state });
    }

    pub(super) fn remove(&mut self, seat: Seat) -> Option<Member<S>> {
        self.members.remove(&seat)
    }

    pub(super) fn change(&mut self, seat: Seat, state: Option<Bytes>) -> Option<&Member<S>> {
        let member = self.members.get_mut(&seat)?;
        member.state = state;
        Some(member)
    }

    pub(super) fn member(&self, seat: Seat) -> Option<&Member<S>> {
        self.members.get(&seat)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member<S>> {
        self.members.values()
    }

    pub(super) fn sinks(&self) -> impl Iterator<Item = &S> {
        self.members().map(|member| &member.sink)
    }

    pub(super) fn views(&self) -> impl ExactSizeIterator<Item = MemberView<'_>> {
        self.members.values().map(|member| MemberView { id: member.sink.id(), state: member.state.as_ref() })
    }
}
