use irori::{Rejection, Result, RoomConnection, RoomHandler, Upgrade};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Gate, Log, room::ChatRoom};

/// `salvo`: does all steps of a message in one hook, so that nothing goes out in between, and notes what came of each.
pub(super) struct Salvo {
    pub(super) log: Log,
    pub(super) gate: Gate,
}

/// One step of a message.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Says it to all, the author included. Notes how many it reached and missed.
    Say(Value),
    /// Says a text of so many bytes to the others, so many times.
    Flood(usize, usize),
    /// Sends it to the author alone.
    Tell(Value),
    /// Shows it as the author's state.
    Show(Value),
    /// Waits until the case lets it go on.
    Hold,
}

impl RoomHandler for Salvo {
    type Key = ChatRoom;
    type Incoming = Vec<Step>;
    type Outgoing = Value;
    type State = Value;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &ChatRoom) -> Result<(), Rejection> {
        Ok(())
    }

    fn presence(&self, (): &()) -> Value {
        json!(null)
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, steps: Vec<Step>) -> Result {
        self.log.note("salvo.start", []);
        let mut outcomes = Vec::with_capacity(steps.len());
        for step in steps {
            outcomes.push(self.take(conn, step).await);
        }
        self.log.note("salvo.end", outcomes);
        Ok(())
    }

    async fn on_leave(&self, conn: &mut RoomConnection<Self>) -> Result {
        let code = conn.close_info().map(|info| info.code.as_u16());
        self.log.note("salvo.leave", [json!(conn.id()), json!(code)]);
        Ok(())
    }
}

impl Salvo {
    async fn take(&self, conn: &mut RoomConnection<Self>, step: Step) -> Value {
        match step {
            Step::Say(value) => match conn.broadcast_with_self(&value) {
                Ok(delivery) => json!([delivery.reached, delivery.missed]),
                Err(error) => json!(error.to_string()),
            },
            Step::Flood(count, bytes) => {
                let text = json!("x".repeat(bytes));
                json!((0..count).all(|_| conn.broadcast(&text).is_ok()))
            }
            Step::Tell(value) => json!(outcome(conn.send(&value))),
            Step::Show(state) => json!(conn.set_presence(&state).is_ok()),
            Step::Hold => {
                self.gate.pass().await;
                Value::Null
            }
        }
    }
}

/// What became of a message, as the log has it.
pub(super) fn outcome(outcome: Result<irori::error::Sent, irori::error::SendError>) -> String {
    outcome.map_or_else(|error| error.to_string(), |sent| format!("{sent:?}"))
}
