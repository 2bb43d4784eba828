//! Units that fail, each at its own place.

use irori::{
    Channel, CloseInfo, Rejection, Result, RoomConnection, RoomHandler, SocketConnection, SocketHandler, Upgrade,
    error::Failure,
    handler::{Malformed, Policy},
};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};
use serde_json::{Value, json};

use super::{Log, Plain};

/// Where a unit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Boom {
    /// Nowhere.
    None,
    Data,
    DataPanic,
    DataDenied,
    /// Its data is as long as the query param `size` says.
    BigData,
    Open,
    /// Open fails, and the policy keeps the connection.
    OpenKept,
    Message,
    Panic,
    /// Message fails, and then the error hook panics.
    HookPanic,
    ClosePanic,
    /// Nowhere, but malformed messages close the connection.
    Strict,
}

/// A socket that fails. What does not fail answers `{"still": m}`.
pub(super) struct FaultySocket {
    pub(super) boom: Boom,
    pub(super) log: Log,
}

impl FaultySocket {
    fn fail(&self, at: Boom) -> Result {
        if self.boom == at { Err(irori::Error::new("the secret cause")) } else { Ok(()) }
    }

    fn panic(&self, at: Boom) {
        assert_ne!(self.boom, at, "the secret panic");
    }
}

impl SocketHandler for FaultySocket {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = String;

    async fn guard(&self, _: &Upgrade) -> Result<(), Rejection> {
        self.log.note("guard.own", []);
        Ok(())
    }

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<String, Rejection> {
        self.log.note("faulty.data", []);
        self.panic(Boom::DataPanic);
        self.fail(Boom::Data)?;
        match self.boom {
            Boom::DataDenied => Err(Rejection::Deny),
            Boom::BigData => {
                let size = upgrade.query("size").and_then(|size| size.parse().ok()).unwrap_or(0);
                Ok("x".repeat(size))
            }
            _ => Ok(String::new()),
        }
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.log.note("faulty.open", [json!(conn.data().len())]);
        self.fail(Boom::OpenKept)?;
        self.fail(Boom::Open)
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, message: Value) -> Result {
        self.log.note("faulty.message", []);
        self.panic(Boom::Panic);
        let is_ping = message == "ping";
        if !is_ping {
            self.fail(Boom::Message)?;
            self.fail(Boom::HookPanic)?;
        }
        conn.send(&json!({"still": message}))?;
        Ok(())
    }

    async fn on_close(&self, _: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        self.log.note("faulty.close", [json!(close.code.as_u16())]);
        self.panic(Boom::ClosePanic);
        Ok(())
    }

    fn on_error(&self, conn: &mut SocketConnection<Self>, failure: &Failure) {
        conn.report(failure);
        self.panic(Boom::HookPanic);
    }

    fn policy(&self) -> Policy {
        match self.boom {
            Boom::OpenKept => Policy::new().keep_failed_open(),
            Boom::Strict => Policy::new().malformed(Malformed::Close),
            _ => Policy::new(),
        }
    }
}

/// What a faulty room does.
pub(super) struct FaultyRoom {
    pub(super) boom: Boom,
    pub(super) log: Log,
}

#[derive(Channel)]
#[channel("dbr/:roomId")]
pub(super) struct DataRoom {
    pub(super) room_id: String,
}

#[derive(Channel)]
#[channel("jb/:roomId")]
pub(super) struct JoinRoom {
    pub(super) room_id: String,
}

/// `databoomroom`.
pub(super) fn room_of_data(room: FaultyRoom) -> Keyed<DataRoom> {
    Keyed { room, key: std::marker::PhantomData }
}

/// `joinboom` and `panicroom`.
pub(super) fn room_of_join(room: FaultyRoom) -> Keyed<JoinRoom> {
    Keyed { room, key: std::marker::PhantomData }
}

/// A faulty room of some key. A message that does not fail is broadcast to all.
pub(super) struct Keyed<K> {
    room: FaultyRoom,
    key: std::marker::PhantomData<fn() -> K>,
}

impl<K: Channel> RoomHandler for Keyed<K> {
    type Key = K;
    type Incoming = Value;
    type Outgoing = Value;
    type State = ();
    /// Whether the member is spared, which it is with any header `x-spared`.
    type Data = bool;

    async fn data(&self, upgrade: &Upgrade, _: &K) -> Result<bool, Rejection> {
        let spared = upgrade.header("x-spared").is_some();
        if self.room.boom == Boom::Data { Err(Rejection::error("the secret cause")) } else { Ok(spared) }
    }

    fn presence(&self, _: &bool) {}

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        self.room.log.note("faultyroom.join", []);
        let fails = self.room.boom == Boom::Open && !conn.data();
        if fails { Err(irori::Error::new("the secret cause")) } else { Ok(()) }
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        assert!(self.room.boom != Boom::Panic || message != "panic", "the secret panic");
        conn.broadcast_with_self(&message)?;
        Ok(())
    }

    async fn on_leave(&self, _: &mut RoomConnection<Self>) -> Result {
        self.room.log.note("faultyroom.leave", []);
        Ok(())
    }
}

/// `badstate`: a message sets a state that cannot be written, and says what came of it.
pub(super) struct BadState {
    pub(super) log: Log,
}

#[derive(Deserialize)]
pub(super) struct Fragile {
    whole: bool,
}

impl Serialize for Fragile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.whole { serializer.serialize_str("whole") } else { Err(S::Error::custom("it is broken")) }
    }
}

impl RoomHandler for BadState {
    type Key = JoinRoom;
    type Incoming = Value;
    type Outgoing = Value;
    type State = Fragile;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &JoinRoom) -> Result<(), Rejection> {
        Ok(())
    }

    fn presence(&self, (): &()) -> Fragile {
        Fragile { whole: true }
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, _: Value) -> Result {
        let outcome = conn.set_presence(&Fragile { whole: false }).map_err(|error| error.to_string());
        self.log.note("badstate.set", [json!(outcome)]);
        conn.send(&json!(outcome.is_err()))?;
        Ok(())
    }
}
