use irori::{Rejection, Result, RoomConnection, RoomHandler, Upgrade};
use serde_json::{Value, json};

use super::{Log, room::ChatRoom, room_at};

/// `herald`: a member's last hook says into the room, from outside, who left and who is left.
pub(super) struct Herald {
    pub(super) log: Log,
}

impl RoomHandler for Herald {
    type Key = ChatRoom;
    type Incoming = Value;
    type Outgoing = Value;
    type State = ();
    type Data = String;

    async fn data(&self, upgrade: &Upgrade, _: &ChatRoom) -> Result<String, Rejection> {
        Ok(upgrade.header("x-user").unwrap_or("anon").to_owned())
    }

    fn presence(&self, _: &String) {}

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        let log = self.log.clone();
        conn.on_teardown(move || log.note("herald.teardown", []));
        Ok(())
    }

    async fn on_message(&self, _: &mut RoomConnection<Self>, message: Value) -> Result {
        self.log.note("herald.message", [message]);
        Ok(())
    }

    async fn on_leave(&self, conn: &mut RoomConnection<Self>) -> Result {
        self.log.note("herald.leave", [json!(conn.data())]);
        let room = conn.rooms().of(room_at::<_, Value, Value, ()>("herald"), conn.key());
        let left: Vec<_> = room.members().await?.iter().map(|member| member.id).collect();
        room.broadcast(&json!({"gone": conn.data(), "left": left})).await?;
        Ok(())
    }
}
