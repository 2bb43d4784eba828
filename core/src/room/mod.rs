//! A room as a value: who is in it, in which order, and who hears what. Generic over where frames go, so that it knows
//! neither sockets nor locks.

mod fanout;
mod key;
mod roster;

use bytes::Bytes;

pub(crate) use self::fanout::{Sink, Tally};
pub use self::key::{InvalidRoomKey, RoomKey};
use self::roster::Roster;
use crate::{
    id::ConnectionId,
    outbox::Parcel,
    seat::Seat,
    wire::{self, Frame},
};

#[derive(Debug)]
pub(crate) struct Room<S> {
    roster: Roster<S>,
    disposed: bool,
}

/// Who hears a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Everyone,
    /// All but this member.
    Others(ConnectionId),
    /// All, and this member after the others.
    AuthorLast(ConnectionId),
}

impl<S> Default for Room<S> {
    fn default() -> Self {
        Self { roster: Roster::default(), disposed: false }
    }
}

impl<S: Sink> Room<S> {
    pub(crate) fn len(&self) -> usize {
        self.roster.len()
    }

    /// Whether the room was given up while somebody was on the way in.
    pub(crate) fn is_disposed(&self) -> bool {
        self.disposed
    }

    /// Gives an empty room up; says whether it did.
    pub(crate) fn dispose(&mut self) -> bool {
        self.disposed = self.roster.len() == 0;
        self.disposed
    }

    /// Lets a member in: the others get `join`, the member gets the snapshot, which contains it.
    pub(crate) fn join(&mut self, sink: S, state: Option<Bytes>, tally: &mut Tally) -> Seat {
        let id = sink.id();
        if self.roster.len() > 0 {
            let news = Parcel::news(wire::join(id, state.as_ref()));
            self.roster.sinks().for_each(|other| other.deliver(news.clone(), tally));
        }
        let seat = self.roster.add(sink, state);
        if let Some(member) = self.roster.member(seat) {
            let snapshot = wire::snapshot(id, self.roster.views());
            member.sink.deliver(Parcel::snapshot(snapshot), tally);
        }
        seat
    }

    /// Puts a member back whom the others know already: nobody hears of it.
    pub(crate) fn restore(&mut self, seat: Seat, sink: S, state: Option<Bytes>) {
        self.roster.restore(seat, sink, state);
    }

    /// What a member shows.
    pub(crate) fn state(&self, seat: Seat) -> Option<&Bytes> {
        self.roster.member(seat)?.state.as_ref()
    }

    /// Tells the members that one is gone who could not be put back.
    pub(crate) fn tell_gone(&self, id: ConnectionId, tally: &mut Tally) {
        let news = Parcel::news(wire::leave(id));
        self.roster.sinks().for_each(|member| member.deliver(news.clone(), tally));
    }

    /// Lets a member go: the others get `leave`.
    pub(crate) fn leave(&mut self, seat: Seat, tally: &mut Tally) {
        if let Some(member) = self.roster.remove(seat)
            && self.roster.len() > 0
        {
            let news = Parcel::news(wire::leave(member.sink.id()));
            self.roster.sinks().for_each(|other| other.deliver(news.clone(), tally));
        }
    }

    /// Changes a member's state: everybody hears of it, the member too.
    pub(crate) fn update(&mut self, seat: Seat, state: Option<Bytes>, tally: &mut Tally) {
        if let Some(member) = self.roster.change(seat, state) {
            let news = Parcel::update(wire::update(member.sink.id(), member.state.as_ref()), seat);
            self.roster.sinks().for_each(|member| member.deliver(news.clone(), tally));
        }
    }

    /// Sends a frame that was encoded once to all who are to hear it.
    pub(crate) fn broadcast(&self, frame: Frame, audience: Audience, tally: &mut Tally) {
        let parcel = Parcel::message(frame);
        let mut last = None;
        for sink in self.roster.sinks() {
            match audience {
                Audience::Others(id) if sink.id() == id => {}
                Audience::AuthorLast(id) if sink.id() == id => last = Some(sink),
                _ => sink.deliver(parcel.clone(), tally),
            }
        }
        if let Some(author) = last {
            author.deliver(parcel, tally);
        }
    }

    /// The members in join order, each with its state as JSON.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&S, Option<&Bytes>)> {
        self.roster.members().map(|member| (&member.sink, member.state.as_ref()))
    }
}

#[cfg(test)]
mod tests;
