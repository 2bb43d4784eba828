use irori::{Rejection, Result, SocketConnection, SocketHandler, Upgrade};
use serde_json::{Value, json};

use super::Plain;

/// `counter`: state of a connection that changes.
pub(super) struct Counter;

impl SocketHandler for Counter {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = u64;

    async fn data(&self, _: &Upgrade, _: &Plain) -> Result<u64, Rejection> {
        Ok(0)
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, _: Value) -> Result {
        *conn.data_mut() += 1;
        conn.send(&json!({"n": conn.data()}))?;
        Ok(())
    }
}
