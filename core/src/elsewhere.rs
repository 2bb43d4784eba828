//! Rooms from outside a connection, which on some hosts live in a place of their own: what is asked of one, wherever it is.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use serde_json::value::RawValue;

use crate::{
    error::{Error, SendError},
    hub::{Hub, Member},
    id::ConnectionId,
    room::{Audience, RoomKey},
    rt::{BoxError, BoxFuture, MaybeSend, MaybeSync},
    wire::{CloseCode, CloseFrame, Frame, Opcode},
};

/// How rooms that live elsewhere are reached: what the adapter of a host has where every room is in a place of its own.
///
/// ```text
///   app.rooms().of(..).broadcast(..) ── ask(room, question) ──▶ the place of the room ── Residents::answer ──┐
///                 ◀──────────────────────────── answer ──────────────────────────────────────────────────────┘
/// ```
pub trait Elsewhere: MaybeSend + MaybeSync + 'static {
    /// Brings a question to the place where the room is, and the answer back. Both are JSON. It may be asked while the
    /// place that asks is polled.
    fn ask(&self, room: RoomKey, question: String) -> BoxFuture<'_, Result<String, BoxError>>;
}

/// What is asked of a room.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Question {
    /// To be sent to all, or to all but one.
    Say {
        #[serde(with = "text")]
        frame: Frame,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        except: Option<ConnectionId>,
    },
    /// To be sent to one member.
    Tell {
        #[serde(with = "text")]
        frame: Frame,
        to: ConnectionId,
    },
    /// Who is there?
    Members,
    /// A member is to be closed.
    Close { id: ConnectionId, code: u16, reason: String },
}

/// What comes of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Said {
        reached: usize,
        missed: usize,
    },
    /// Whether the member was there.
    Found(bool),
    Members(Vec<Shown>),
    /// Nobody can be told anything any more, or that member cannot.
    Closed,
    /// The member's outbox was full.
    SlowConsumer,
}

/// A member and what it shows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) id: ConnectionId,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<Box<RawValue>>,
}

impl Question {
    /// Asks a room that is here.
    pub(crate) fn ask(self, hub: &Hub, room: &RoomKey) -> Answer {
        match self {
            Self::Say { .. } if hub.is_shut() => Answer::Closed,
            Self::Say { frame, except } => {
                let audience = except.map_or(Audience::Everyone, Audience::Others);
                let tally = hub.broadcast(room, frame, audience);
                Answer::Said { reached: tally.reached, missed: tally.missed }
            }
            Self::Tell { frame, to } => match hub.member(room, to).map(|link| link.send(frame)) {
                None => Answer::Found(false),
                Some(Ok(_)) => Answer::Found(true),
                Some(Err(SendError::SlowConsumer)) => Answer::SlowConsumer,
                Some(Err(_)) => Answer::Closed,
            },
            Self::Members => Answer::Members(hub.members(room).into_iter().map(Shown::from).collect()),
            Self::Close { id, code, reason } => {
                let frame = CloseFrame::new(CloseCode::from(code), reason).ok();
                let member = hub.member(room, id).zip(frame);
                Answer::Found(member.map(|(link, frame)| link.close(frame)).is_some())
            }
        }
    }
}

impl Answer {
    /// Why this is no answer to what was asked.
    pub(crate) fn into_error(self) -> SendError {
        match self {
            Self::Closed => SendError::Closed,
            Self::SlowConsumer => SendError::SlowConsumer,
            _ => SendError::Unreachable(Error::new("the answer is to another question")),
        }
    }
}

impl From<Member> for Shown {
    fn from(Member { id, state }: Member) -> Self {
        // Written by us, so it is JSON.
        Self { id, state: state.and_then(|json| serde_json::from_slice(&json).ok()) }
    }
}

impl From<Shown> for Member {
    fn from(Shown { id, state }: Shown) -> Self {
        Self { id, state: state.map(|state| Bytes::from(Box::<str>::from(state).into_boxed_bytes())) }
    }
}

/// A text frame as the JSON that is in it.
mod text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(frame: &Frame, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = frame.payload();
        let json: &RawValue = serde_json::from_slice(&payload).map_err(S::Error::custom)?;
        json.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Frame, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer).map_err(D::Error::custom)?;
        Ok(Frame::new(Opcode::Text, json.get().as_bytes()))
    }
}

/// A key that is there is taken as it is, `null` too.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::deserialize(deserializer).map(Some)
}
