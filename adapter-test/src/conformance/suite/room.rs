use irori::{Channel, Rejection, Result, RoomConnection, RoomHandler, Upgrade, wire::Maybe};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Log, Pause};

#[derive(Channel)]
#[channel("chat/:roomId")]
pub(super) struct ChatRoom {
    pub(super) room_id: String,
}

#[derive(Channel)]
#[channel("bare")]
pub(super) struct BareRoom;

/// `chat` and `lounge`: rooms that do what a message says.
pub(super) struct Chat {
    pub(super) log: Log,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct User {
    user: String,
}

impl RoomHandler for Chat {
    type Key = ChatRoom;
    type Incoming = Value;
    type Outgoing = Value;
    type State = Value;
    type Data = User;

    async fn data(&self, upgrade: &Upgrade, key: &ChatRoom) -> Result<User, Rejection> {
        let user = upgrade.header("x-user").unwrap_or("anon").to_owned();
        self.log.note("chat.data", [json!(user), json!(key.room_id)]);
        Ok(User { user })
    }

    fn presence(&self, _: &User) -> Value {
        json!({"typing": false})
    }

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        let log = self.log.clone();
        conn.on_teardown(move || log.note("chat.teardown", []));
        self.log.note("chat.join", [json!(conn.data().user), json!(conn.id())]);
        Ok(())
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, m: Value) -> Result {
        self.log.note("chat.message", [json!(conn.data().user), m.clone()]);
        if is_set(&m, "boom") {
            return Err(irori::Error::new("the chat's secret cause"));
        }
        if let Some(code) = m.get("kick").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()) {
            conn.close(code, "kicked")?;
        } else if let Some(state) = m.get("presence") {
            conn.set_presence(state)?;
        } else if is_set(&m, "direct") {
            conn.send(&m)?;
        } else if is_set(&m, "self") {
            conn.broadcast_with_self(&m)?;
        } else if is_set(&m, "who") {
            let members = conn.members();
            conn.send(&json!({"members": members}))?;
        } else {
            conn.broadcast(&m)?;
        }
        Ok(())
    }

    async fn on_leave(&self, conn: &mut RoomConnection<Self>) -> Result {
        let code = conn.close_info().map(|info| info.code.as_u16());
        self.log.note("chat.leave", [json!(conn.data().user), json!(conn.id()), json!(code)]);
        Ok(())
    }
}

fn is_set(message: &Value, key: &str) -> bool {
    message.get(key).is_some_and(|value| value != false && !value.is_null())
}

/// `bare`: no state; what is said is said to all, and what is absent stays absent.
pub(super) struct Bare {
    pub(super) log: Log,
}

impl RoomHandler for Bare {
    type Key = BareRoom;
    type Incoming = Maybe<Value>;
    type Outgoing = Maybe<Value>;
    type State = Maybe<Value>;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &BareRoom) -> Result<(), Rejection> {
        self.log.note("bare.data", []);
        Ok(())
    }

    fn presence(&self, (): &()) -> Maybe<Value> {
        Maybe::Absent
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Maybe<Value>) -> Result {
        conn.broadcast_with_self(&message)?;
        Ok(())
    }
}

/// `slowdata`: data takes 300 ms, on_join 100 ms.
pub(super) struct SlowData {
    pub(super) log: Log,
    pub(super) pause: Pause,
}

impl RoomHandler for SlowData {
    type Key = ChatRoom;
    type Incoming = Value;
    type Outgoing = Value;
    type State = Value;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &ChatRoom) -> Result<(), Rejection> {
        self.log.note("slowdata.data", []);
        self.pause.millis(300).await;
        Ok(())
    }

    fn presence(&self, (): &()) -> Value {
        json!({"s": 1})
    }

    async fn on_join(&self, _: &mut RoomConnection<Self>) -> Result {
        self.log.note("slowdata.joining", []);
        self.pause.millis(100).await;
        self.log.note("slowdata.join", []);
        Ok(())
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        conn.broadcast_with_self(&message)?;
        Ok(())
    }

    async fn on_leave(&self, _: &mut RoomConnection<Self>) -> Result {
        self.log.note("slowdata.leave", []);
        Ok(())
    }
}

/// `typed`: a state of a type of its own, whose name the server pins.
pub(super) struct Typed;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Shown {
    name: String,
    level: u8,
}

impl RoomHandler for Typed {
    type Key = ChatRoom;
    type Incoming = Value;
    type Outgoing = Value;
    type State = Shown;
    type Data = String;

    async fn data(&self, upgrade: &Upgrade, _: &ChatRoom) -> Result<String, Rejection> {
        Ok(upgrade.header("x-user").unwrap_or("anon").to_owned())
    }

    fn presence(&self, name: &String) -> Shown {
        Shown { name: name.clone(), level: 0 }
    }

    fn on_presence(&self, conn: &RoomConnection<Self>, wanted: Option<Shown>) -> Result<Option<Shown>> {
        let level = wanted.map_or(0, |wanted| wanted.level);
        if level > 100 {
            return Err(irori::Error::new("a level is at most 100"));
        }
        Ok(Some(Shown { name: conn.data().clone(), level }))
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        conn.broadcast_with_self(&message)?;
        Ok(())
    }
}

#[derive(Channel)]
#[channel("files/:path*")]
pub(super) struct FilePath {
    pub(super) path: Option<String>,
}

/// `rest`: notes its params, and says them.
pub(super) struct Files {
    pub(super) log: Log,
}

impl RoomHandler for Files {
    type Key = FilePath;
    type Incoming = Value;
    type Outgoing = Value;
    type State = ();
    type Data = Value;

    async fn data(&self, upgrade: &Upgrade, key: &FilePath) -> Result<Value, Rejection> {
        self.log.note("rest.params", [json!(upgrade.params()), json!(key.path)]);
        Ok(json!(upgrade.params()))
    }

    fn presence(&self, _: &Value) {}

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        conn.broadcast_with_self(&message)?;
        Ok(())
    }
}

#[derive(Channel)]
#[channel("line/:from/:to?/:number")]
pub(super) struct LineKey {
    pub(super) from: String,
    pub(super) to: Option<String>,
    pub(super) number: u32,
}

/// `line`: a key of several params, one of them a number. It says what it read.
pub(super) struct Line {
    pub(super) log: Log,
}

impl RoomHandler for Line {
    type Key = LineKey;
    type Incoming = Value;
    type Outgoing = Value;
    type State = Value;
    type Data = Value;

    async fn data(&self, upgrade: &Upgrade, key: &LineKey) -> Result<Value, Rejection> {
        let read = json!({"from": key.from, "to": key.to, "number": key.number});
        self.log.note("line.params", [json!(upgrade.params()), read.clone()]);
        Ok(read)
    }

    fn presence(&self, read: &Value) -> Value {
        read.clone()
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        conn.broadcast_with_self(&message)?;
        Ok(())
    }
}
