use std::{fmt, marker::PhantomData, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::member::Member;
use crate::{
    address::RoomRef,
    channel::{Channel, topic},
    error::SendError,
    hub::{Hub, RoomKey},
    id::ConnectionId,
    room::{Audience, Tally},
    wire::{self, CloseCode, CloseFrame, InvalidCloseCode},
};

/// The rooms of an app, from outside any connection.
///
/// ```
/// # use irori::{App, Channel, RoomRef};
/// # #[derive(Channel)] #[channel("board/:board_id")] pub struct Board { pub board_id: String }
/// # const NEWS: RoomRef<Board, (), String, ()> = RoomRef::new("src/board", "news");
/// # async fn example(app: irori::BuiltApp) -> irori::Result {
/// let board = Board { board_id: "lobby".into() };
/// app.rooms().of(NEWS, &board).broadcast(&"tea is ready".to_owned()).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Rooms {
    hub: Arc<Hub>,
}

impl Rooms {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// The room of this key. It need not exist: a room does while somebody is in it.
    pub fn of<K: Channel, In, Out, State>(&self, at: RoomRef<K, In, Out, State>, key: &K) -> RoomHandle<Out, State> {
        let topic = topic(K::SEGMENTS, &key.to_params());
        let key = RoomKey { unit: at.to_string().into(), topic: topic.into() };
        RoomHandle { hub: Arc::clone(&self.hub), key, types: PhantomData }
    }
}

/// One room, from outside any connection. Its methods are `async` because on some hosts the room is elsewhere.
pub struct RoomHandle<Out, State> {
    hub: Arc<Hub>,
    key: RoomKey,
    types: PhantomData<fn(&Out) -> State>,
}

impl<Out, State> Clone for RoomHandle<Out, State> {
    fn clone(&self) -> Self {
        Self { hub: Arc::clone(&self.hub), key: self.key.clone(), types: PhantomData }
    }
}

impl<Out, State> fmt::Debug for RoomHandle<Out, State> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomHandle").field("unit", &self.key.unit).field("topic", &self.key.topic).finish()
    }
}

/// How many members a broadcast went to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Members for whom it is queued.
    pub reached: usize,
    /// Members for whom there was no place, or who are closing.
    pub missed: usize,
}

impl From<Tally> for Delivery {
    fn from(tally: Tally) -> Self {
        Self { reached: tally.reached, missed: tally.missed }
    }
}

impl<Out: Serialize + 'static, State> RoomHandle<Out, State> {
    /// Sends a message to all members; its `from` is the nil UUID. To an empty room it goes nowhere, which is no error.
    ///
    /// # Errors
    ///
    /// [`SendError::Unserialisable`] when the message cannot be written as JSON; [`SendError::Closed`] once the app has
    /// [drained](crate::BuiltApp::drain).
    pub async fn broadcast(&self, message: &Out) -> Result<Delivery, SendError> {
        self.fan_out(message, Audience::Everyone)
    }

    /// Sends a message to all members but one.
    ///
    /// # Errors
    ///
    /// As [`broadcast`](Self::broadcast).
    pub async fn broadcast_except(&self, except: ConnectionId, message: &Out) -> Result<Delivery, SendError> {
        self.fan_out(message, Audience::Others(except))
    }

    /// Sends a message to one member alone; says whether it was there. Its `from` is the nil UUID.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the member's connection is closing, its outbox is full, or the message cannot be written as
    /// JSON.
    pub async fn send_to(&self, id: ConnectionId, message: &Out) -> Result<bool, SendError> {
        let frame = wire::nil_message(message)?;
        self.hub.member(&self.key, id).map(|link| link.send(frame)).transpose().map(|sent| sent.is_some())
    }

    fn fan_out(&self, message: &Out, audience: Audience) -> Result<Delivery, SendError> {
        let frame = wire::nil_message(message)?;
        if self.hub.is_shut() {
            return Err(SendError::Closed);
        }
        Ok(self.hub.broadcast(&self.key, frame, audience).into())
    }
}

impl<Out, State: DeserializeOwned> RoomHandle<Out, State> {
    /// The members in join order.
    pub async fn members(&self) -> Vec<Member<State>> {
        self.hub.members(&self.key).into_iter().map(Member::from).collect()
    }
}

impl<Out, State> RoomHandle<Out, State> {
    /// Closes a member's connection; says whether it was there.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub async fn close_member(
        &self,
        id: ConnectionId,
        code: impl Into<CloseCode>,
        reason: impl Into<String>,
    ) -> Result<bool, InvalidCloseCode> {
        let frame = CloseFrame::new(code, reason)?;
        Ok(self.hub.member(&self.key, id).map(|link| link.close(frame)).is_some())
    }
}
