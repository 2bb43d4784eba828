use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use super::{
    base::Base,
    member::Member,
    rooms::{Delivery, Rooms},
};
use crate::{
    channel::Channel as _,
    error::{Breach, Cause, Failure, SendError, Sent},
    handler::RoomHandler,
    hub::Membership,
    id::ConnectionId,
    link::ReadyState,
    resume::{Record, StoredSeat},
    room::{Audience, RoomKey},
    rt::{MaybeSend, Now},
    session::Gcra,
    wire::{self, CloseCode, CloseInfo, InvalidCloseCode},
};

/// One member of a room of the handler `H`, in the hands of one of its hooks.
pub struct RoomConnection<H: RoomHandler> {
    /// Before `base`, so that a connection that is cut leaves its room and is torn down then, as any other.
    membership: Option<Membership>,
    pub(crate) base: Base,
    key: H::Key,
    data: H::Data,
    room: RoomKey,
    updates: Gcra,
    /// Whether it was ever in the room.
    joined: bool,
    /// The newest state the member sent too soon after the one before.
    held: Option<Option<Bytes>>,
}

impl<H: RoomHandler> RoomConnection<H> {
    pub(crate) fn new(base: Base, key: H::Key, data: H::Data, room: RoomKey) -> Self {
        Self { base, key, data, room, membership: None, updates: Gcra::default(), joined: false, held: None }
    }

    /// Who it is.
    pub fn id(&self) -> ConnectionId {
        self.base.id()
    }

    /// What the room is about.
    pub fn key(&self) -> &H::Key {
        &self.key
    }

    /// What `data` made at the upgrade, and what became of it since.
    pub fn data(&self) -> &H::Data {
        &self.data
    }

    /// The data, to change it. The change stays for the life of the connection, through hibernation too: where memory does
    /// not last it is kept once the hook has ended, and must stay within `limits.upgrade.data_bytes`, or the connection is
    /// closed with 1011.
    pub fn data_mut(&mut self) -> &mut H::Data {
        self.base.has_changed = true;
        &mut self.data
    }

    /// Sends a message to this member alone. It arrives as if it came from the member itself.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the connection is closed, the outbox is full, or the message cannot be written as JSON.
    pub fn send(&self, message: &H::Outgoing) -> Result<Sent, SendError> {
        self.base.link.send(wire::message(self.id(), message)?)
    }

    /// Sends a message to all other members.
    ///
    /// # Errors
    ///
    /// [`SendError::Unserialisable`] when the message cannot be written as JSON; [`SendError::Closed`] after the member
    /// has left.
    pub fn broadcast(&self, message: &H::Outgoing) -> Result<Delivery, SendError> {
        self.fan_out(message, Audience::Others(self.id()))
    }

    /// Sends a message to all members, and to this one after the others.
    ///
    /// # Errors
    ///
    /// As [`broadcast`](Self::broadcast).
    pub fn broadcast_with_self(&self, message: &H::Outgoing) -> Result<Delivery, SendError> {
        self.fan_out(message, Audience::AuthorLast(self.id()))
    }

    /// Shows a new state to all members, this one included.
    ///
    /// # Errors
    ///
    /// As [`broadcast`](Self::broadcast).
    pub fn set_presence(&mut self, state: &H::State) -> Result<(), SendError> {
        let state = state_json(state)?;
        let membership = self.membership.as_ref().ok_or(SendError::Closed)?;
        self.held = None;
        self.base.has_changed = true;
        membership.update(state);
        Ok(())
    }

    /// The members in join order, this one included.
    pub fn members(&self) -> Vec<Member<H::State>> {
        self.membership.iter().flat_map(Membership::members).map(Member::from).collect()
    }

    /// Closes the connection, after what was sent before. A second close changes nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.base.close(code, reason)
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.base.link.ready_state()
    }

    /// How the connection ended; `None` before `on_leave`.
    pub fn close_info(&self) -> Option<&CloseInfo> {
        self.base.closed.as_ref()
    }

    /// The subprotocol that was picked.
    pub fn protocol(&self) -> Option<&str> {
        self.base.protocol()
    }

    /// The rooms of the app.
    pub fn rooms(&self) -> Rooms {
        self.base.app.rooms()
    }

    /// Registers what is to be undone when the member leaves, however it leaves. The last registered runs first, and
    /// all of them before `on_leave`.
    pub fn on_teardown(&mut self, teardown: impl FnOnce() + MaybeSend + 'static) {
        self.base.on_teardown(teardown);
    }

    /// Hands a failure to the app's error hook.
    pub fn report(&self, failure: &Failure) {
        self.base.app.report(failure);
    }

    /// Takes its place in the room; `false` when there is none left.
    pub(crate) fn join(&mut self, state: &H::State) -> Result<bool, SendError> {
        let state = state_json(state)?;
        self.membership = self.base.app.hub.join(self.room.clone(), &self.base.link, state);
        self.joined = self.membership.is_some();
        self.base.has_changed = true;
        Ok(self.joined)
    }

    /// Whether it was ever in the room, whose `on_leave` is for those who were.
    pub(crate) fn has_joined(&self) -> bool {
        self.joined
    }

    /// Gives the place up: the others get `leave`.
    pub(crate) fn leave(&mut self) {
        self.membership = None;
        self.held = None;
    }

    /// Shows a state that the member sent, now or, when it sends too many, as soon as it may: then says when.
    pub(crate) fn offer(&mut self, now: Now, state: Option<H::State>) -> Result<Option<Now>, Cause> {
        let state = state.as_ref().map(state_json).transpose().map_err(|error| Cause::Error(error.into()))?.flatten();
        let limits = &self.base.app.limits.presence;
        if state.as_ref().is_some_and(|json| json.len() > limits.bytes) {
            return Err(Cause::Limit(Breach::PresenceBytes));
        }
        self.held = Some(state);
        self.base.has_changed = true;
        Ok(self.publish(now))
    }

    /// Publishes the held state if its time has come, and says when else.
    pub(crate) fn publish(&mut self, now: Now) -> Option<Now> {
        let (rate, burst) = burst(self.base.app.limits.presence.updates);
        let state = self.held.take()?;
        if !self.updates.take(now, 1, rate, burst) {
            self.held = Some(state);
            return Some(self.updates.ready_at(rate, burst));
        }
        self.base.has_changed = true;
        if let Some(membership) = &self.membership {
            membership.update(state);
        }
        None
    }

    pub(crate) fn record(&mut self) -> Result<Record, Cause> {
        let seat = self.membership.as_ref().map(|membership| {
            let (state, is_held) = match &self.held {
                Some(held) => (held.clone(), true),
                None => (membership.state(), false),
            };
            let state = state.and_then(|json| serde_json::from_slice(&json).ok());
            StoredSeat { seat: membership.seat(), state, is_held, updates: self.updates }
        });
        self.base.record(self.key.to_params(), Some(&self.room.topic), seat, &self.data)
    }

    /// Takes its seat again, after memory was gone.
    pub(crate) fn rejoin(&mut self, kept: &StoredSeat) {
        let state = kept.state.as_ref().map(|state| Bytes::copy_from_slice(state.get().as_bytes()));
        self.held = kept.is_held.then(|| state.clone());
        self.updates = kept.updates;
        self.membership = Some(self.base.app.hub.rejoin(self.room.clone(), &self.base.link, kept.seat, state));
        self.joined = true;
    }

    fn fan_out(&self, message: &H::Outgoing, audience: Audience) -> Result<Delivery, SendError> {
        let frame = wire::message(self.id(), message)?;
        let membership = self.membership.as_ref().ok_or(SendError::Closed)?;
        Ok(Delivery::from(membership.broadcast(frame, audience)))
    }
}

/// The rate of presence updates, and a small burst, so that the jitter of a network holds nothing up.
fn burst(updates: u32) -> (u32, u64) {
    (updates, u64::from(updates / 4).max(1))
}

fn state_json<S: Serialize + 'static>(state: &S) -> Result<Option<Bytes>, SendError> {
    let mut json = Vec::new();
    Ok(wire::write_present(&mut json, state)?.then(|| json.into()))
}

impl<H: RoomHandler> fmt::Debug for RoomConnection<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomConnection")
            .field("id", &self.id())
            .field("topic", &self.room.topic)
            .finish_non_exhaustive()
    }
}
