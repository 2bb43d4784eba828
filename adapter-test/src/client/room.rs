use irori::{ConnectionId, connection::Member, wire::Maybe};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, Error as _, value::UnitDeserializer},
};
use serde_json::{Error, Value};

use super::{TestClient, shown};

/// The first that a member hears of its room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot<State> {
    /// The member's own id.
    pub own: ConnectionId,
    /// Who is there, in join order, the member itself included.
    pub members: Vec<Member<State>>,
}

/// The verbs of a room (PROTOCOL.md, section 5).
impl TestClient {
    /// Sends a message to a room: the envelope around it.
    ///
    /// # Panics
    ///
    /// When it cannot be written as JSON.
    #[track_caller]
    pub fn say<T: Serialize + ?Sized>(&mut self, message: &T) {
        self.send_json(&ToRoom::Msg { msg: message });
    }

    /// Shows a presence state to a room.
    ///
    /// # Panics
    ///
    /// When it cannot be written as JSON.
    #[track_caller]
    pub fn show<T: Serialize + ?Sized>(&mut self, state: &T) {
        self.send_json(&ToRoom::Presence { state });
    }

    /// The next message of a room: who sent it, and what. What was sent from outside any connection is from
    /// [`ConnectionId::NIL`].
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing, or what was said is no `T`.
    #[track_caller]
    pub fn recv_said<T: DeserializeOwned>(&mut self) -> (ConnectionId, T) {
        self.expect_frame("a message of the room", FromRoom::said)
    }

    /// Expects the snapshot of a room as the next thing that comes.
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing, or the state of a member is no `State`.
    #[track_caller]
    pub fn expect_snapshot<State: DeserializeOwned>(&mut self) -> Snapshot<State> {
        self.expect_frame("a snapshot", FromRoom::snapshot)
    }

    /// Expects as the next thing that comes that somebody joins a room, and gives who, and what it shows.
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing, or what is shown is no `State`.
    #[track_caller]
    pub fn expect_join<State: DeserializeOwned>(&mut self) -> Member<State> {
        self.expect_frame("a join", FromRoom::join)
    }

    /// Expects as the next thing that comes that a member of a room shows a new state, and gives who, and which.
    ///
    /// # Panics
    ///
    /// As [`expect_join`](Self::expect_join).
    #[track_caller]
    pub fn expect_update<State: DeserializeOwned>(&mut self) -> Member<State> {
        self.expect_frame("an update", FromRoom::update)
    }

    /// Expects as the next thing that comes that somebody leaves a room, and gives who.
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing.
    #[track_caller]
    pub fn expect_leave(&mut self) -> ConnectionId {
        self.expect_frame("a leave", FromRoom::leave)
    }

    #[track_caller]
    fn expect_frame<T>(&mut self, what: &str, read: fn(FromRoom) -> Result<T, Mismatch>) -> T {
        let message = self.expect_message(what);
        let frame = serde_json::from_slice(message.as_bytes()).map_err(Mismatch::Content);
        match frame.and_then(read) {
            Ok(value) => value,
            Err(Mismatch::Kind) => self.fail(format_args!("expected {what}, but {} came", shown(&message))),
            Err(Mismatch::Content(error)) => {
                self.fail(format_args!("expected {what}, but {} came: {error}", shown(&message)))
            }
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
enum ToRoom<'a, T: ?Sized> {
    Msg { msg: &'a T },
    Presence { state: &'a T },
}

/// What a room sends; payloads as they came.
#[derive(Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
enum FromRoom {
    Snapshot {
        #[serde(rename = "self")]
        own: ConnectionId,
        members: Vec<RawMember>,
    },
    Presence {
        from: ConnectionId,
        op: Op,
        #[serde(default)]
        state: Maybe<Value>,
    },
    Msg {
        from: ConnectionId,
        #[serde(default)]
        msg: Maybe<Value>,
    },
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Op {
    Join,
    Update,
    Leave,
}

#[derive(Deserialize)]
struct RawMember {
    id: ConnectionId,
    #[serde(default)]
    state: Maybe<Value>,
}

/// Why what came is not what was expected.
enum Mismatch {
    /// It is another kind of frame.
    Kind,
    /// It is no frame of a room, or what it carries is of another type.
    Content(Error),
}

impl FromRoom {
    fn snapshot<State: DeserializeOwned>(self) -> Result<Snapshot<State>, Mismatch> {
        let Self::Snapshot { own, members } = self else { return Err(Mismatch::Kind) };
        let members = members.into_iter().map(RawMember::typed).collect::<Result<_, _>>()?;
        Ok(Snapshot { own, members })
    }

    fn join<State: DeserializeOwned>(self) -> Result<Member<State>, Mismatch> {
        self.presence(Op::Join)?.typed()
    }

    fn update<State: DeserializeOwned>(self) -> Result<Member<State>, Mismatch> {
        self.presence(Op::Update)?.typed()
    }

    fn leave(self) -> Result<ConnectionId, Mismatch> {
        Ok(self.presence(Op::Leave)?.id)
    }

    fn said<T: DeserializeOwned>(self) -> Result<(ConnectionId, T), Mismatch> {
        let Self::Msg { from, msg } = self else { return Err(Mismatch::Kind) };
        let msg = match msg {
            Maybe::Present(msg) => serde_json::from_value(msg),
            // `()`, `Option` and `Maybe` can be absent (PROTOCOL.md, section 5).
            Maybe::Absent => T::deserialize(UnitDeserializer::<Error>::new()).map_err(|_| Error::missing_field("msg")),
        };
        Ok((from, msg.map_err(Mismatch::Content)?))
    }

    fn presence(self, expected: Op) -> Result<RawMember, Mismatch> {
        match self {
            Self::Presence { from, op, state } if op == expected => Ok(RawMember { id: from, state }),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl RawMember {
    fn typed<State: DeserializeOwned>(self) -> Result<Member<State>, Mismatch> {
        let state = match self.state {
            Maybe::Present(state) => Some(serde_json::from_value(state).map_err(Mismatch::Content)?),
            Maybe::Absent => None,
        };
        Ok(Member { id: self.id, state })
    }
}
