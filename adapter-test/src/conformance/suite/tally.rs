use irori::{Rejection, Result, RoomConnection, RoomHandler, Upgrade};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Log, room::ChatRoom};

/// `tally`: what is said is said to all, and the log counts how often it was written as JSON.
pub(super) struct Tally {
    pub(super) log: Log,
}

/// Something said in `tally`.
#[derive(Serialize)]
pub(super) struct Said {
    said: Noted,
}

/// A value that notes when it is written.
struct Noted {
    value: Value,
    log: Log,
}

impl Said {
    pub(super) fn new(value: Value, log: &Log) -> Self {
        Self { said: Noted { value, log: log.clone() } }
    }
}

impl Serialize for Noted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.log.note("tally.encoded", [self.value.clone()]);
        self.value.serialize(serializer)
    }
}

impl RoomHandler for Tally {
    type Key = ChatRoom;
    type Incoming = Value;
    type Outgoing = Said;
    type State = ();
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &ChatRoom) -> Result<(), Rejection> {
        Ok(())
    }

    fn presence(&self, (): &()) {}

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: Value) -> Result {
        conn.broadcast_with_self(&Said::new(message, &self.log))?;
        Ok(())
    }
}
