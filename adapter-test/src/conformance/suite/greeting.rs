use irori::{Rejection, Result, SocketConnection, SocketHandler, Upgrade, WsContext, WsEvents};
use serde_json::{Value, json};

use super::{Log, Plain};

/// What the host's middleware attaches to every request, and the suite looks for: [`Harness::start`] says how.
///
/// [`Harness::start`]: crate::conformance::Harness::start
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting(&'static str);

impl Greeting {
    pub(super) const WELCOME: Self = Self("welcome");

    /// What a request brought, or null.
    fn of(upgrade: &Upgrade) -> Value {
        upgrade.extension().map_or(Value::Null, |greeting: &Self| json!(greeting.0))
    }
}

/// `greeted`: notes in its guard how the host greets, keeps it as data, and passes it on.
pub(super) struct Greeted {
    pub(super) log: Log,
}

impl SocketHandler for Greeted {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = Value;

    async fn guard(&self, upgrade: &Upgrade) -> Result<(), Rejection> {
        self.log.note("greeted.guard", [Greeting::of(upgrade)]);
        Ok(())
    }

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<Value, Rejection> {
        Ok(Greeting::of(upgrade))
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        conn.send(&json!({"greeting": conn.data()}))?;
        Ok(())
    }

    async fn on_message(&self, _: &mut SocketConnection<Self>, _: Value) -> Result {
        Ok(())
    }
}

/// `/greeted`: passes on how the host greets.
pub(super) fn greeted(upgrade: &Upgrade) -> PassedOn {
    PassedOn(Greeting::of(upgrade))
}

pub(super) struct PassedOn(Value);

impl WsEvents for PassedOn {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        ws.send(json!({"greeting": self.0}).to_string())?;
        Ok(())
    }
}
