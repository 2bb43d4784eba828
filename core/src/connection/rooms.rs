use std::{fmt, marker::PhantomData, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::member::Member;
use crate::{
    address::RoomRef,
    channel::{Channel, topic},
    elsewhere::{Answer, Elsewhere, Question},
    error::{Error, SendError},
    hub::{self, Hub},
    id::ConnectionId,
    room::{RoomKey, Tally},
    wire::{self, CloseCode, CloseFrame},
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
#[derive(Clone)]
pub struct Rooms {
    hub: Arc<Hub>,
    elsewhere: Option<Arc<dyn Elsewhere>>,
}

impl Rooms {
    pub(crate) fn new(hub: Arc<Hub>, elsewhere: Option<Arc<dyn Elsewhere>>) -> Self {
        Self { hub, elsewhere }
    }

    /// The room of this key. It need not exist: a room does while somebody is in it.
    pub fn of<K: Channel, In, Out, State>(&self, at: RoomRef<K, In, Out, State>, key: &K) -> RoomHandle<Out, State> {
        let topic = topic(K::SEGMENTS, &key.to_params());
        let key = RoomKey { unit: at.to_string().into(), topic: topic.into() };
        RoomHandle { rooms: self.clone(), key, types: PhantomData }
    }
}

impl fmt::Debug for Rooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rooms").finish_non_exhaustive()
    }
}

/// One room, from outside any connection. Its methods are `async` because on some hosts the room is elsewhere.
pub struct RoomHandle<Out, State> {
    rooms: Rooms,
    key: RoomKey,
    types: PhantomData<fn(&Out) -> State>,
}

impl<Out, State> Clone for RoomHandle<Out, State> {
    fn clone(&self) -> Self {
        Self { rooms: self.rooms.clone(), key: self.key.clone(), types: PhantomData }
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
    /// [drained](crate::BuiltApp::drain); [`SendError::Unreachable`] when the room is elsewhere and does not answer.
    pub async fn broadcast(&self, message: &Out) -> Result<Delivery, SendError> {
        self.say(message, None).await
    }

    /// Sends a message to all members but one.
    ///
    /// # Errors
    ///
    /// As [`broadcast`](Self::broadcast).
    pub async fn broadcast_except(&self, except: ConnectionId, message: &Out) -> Result<Delivery, SendError> {
        self.say(message, Some(except)).await
    }

    /// Sends a message to one member alone; says whether it was there. Its `from` is the nil UUID.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the member's connection is closing, its outbox is full, the message cannot be written as JSON,
    /// or the room is elsewhere and does not answer.
    pub async fn send_to(&self, id: ConnectionId, message: &Out) -> Result<bool, SendError> {
        let frame = wire::nil_message(message)?;
        self.is_found(Question::Tell { frame, to: id }).await
    }

    async fn say(&self, message: &Out, except: Option<ConnectionId>) -> Result<Delivery, SendError> {
        let frame = wire::nil_message(message)?;
        match self.ask(Question::Say { frame, except }).await? {
            Answer::Said { reached, missed } => Ok(Delivery { reached, missed }),
            other => Err(other.into_error()),
        }
    }
}

impl<Out, State: DeserializeOwned> RoomHandle<Out, State> {
    /// The members in join order.
    ///
    /// # Errors
    ///
    /// [`SendError::Unreachable`] when the room is elsewhere and does not answer.
    pub async fn members(&self) -> Result<Vec<Member<State>>, SendError> {
        match self.ask(Question::Members).await? {
            Answer::Members(members) => {
                Ok(members.into_iter().map(|shown| Member::from(hub::Member::from(shown))).collect())
            }
            other => Err(other.into_error()),
        }
    }
}

impl<Out, State> RoomHandle<Out, State> {
    /// Closes a member's connection; says whether it was there.
    ///
    /// # Errors
    ///
    /// [`SendError::InvalidCloseCode`] when no close frame may carry the code; [`SendError::Unreachable`] when the room
    /// is elsewhere and does not answer.
    pub async fn close_member(
        &self,
        id: ConnectionId,
        code: impl Into<CloseCode>,
        reason: impl Into<String>,
    ) -> Result<bool, SendError> {
        let frame = CloseFrame::new(code, reason)?;
        let (code, reason) = (frame.code().as_u16(), frame.reason().to_owned());
        self.is_found(Question::Close { id, code, reason }).await
    }

    async fn is_found(&self, question: Question) -> Result<bool, SendError> {
        match self.ask(question).await? {
            Answer::Found(found) => Ok(found),
            other => Err(other.into_error()),
        }
    }

    /// Asks the room, wherever it is.
    async fn ask(&self, question: Question) -> Result<Answer, SendError> {
        let Rooms { hub, elsewhere } = &self.rooms;
        match elsewhere {
            Some(elsewhere) if !hub.is_home_of(&self.key) => {
                let question = serde_json::to_string(&question)?;
                let answer = elsewhere.ask(self.key.clone(), question).await.map_err(unreachable)?;
                serde_json::from_str(&answer).map_err(unreachable)
            }
            _ => Ok(question.ask(hub, &self.key)),
        }
    }
}

fn unreachable(error: impl Into<Error>) -> SendError {
    SendError::Unreachable(error.into())
}
