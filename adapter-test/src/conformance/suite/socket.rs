use irori::{CloseInfo, Rejection, Result, SocketConnection, SocketHandler, Upgrade};
use serde_json::{Value, json};

use super::{Gate, Log, Pause, Plain, or_null};

/// `echo`: says hello with its data, then echoes.
pub(super) struct Echo {
    pub(super) log: Log,
}

impl SocketHandler for Echo {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = Value;

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<Value, Rejection> {
        self.log.note("echo.data", []);
        Ok(json!({"ua": or_null(upgrade.header("x-test")), "params": upgrade.params()}))
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.log.note("echo.open", [conn.data().clone()]);
        conn.send(&json!({"hello": true, "data": conn.data()}))?;
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, message: Value) -> Result {
        self.log.note("echo.message", [conn.data().clone()]);
        match message.get("close").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()) {
            Some(code) => conn.close(code, "bye")?,
            None => {
                conn.send(&json!({"echo": message}))?;
            }
        }
        Ok(())
    }

    async fn on_close(&self, conn: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        let CloseInfo { code, reason, was_clean, .. } = close;
        self.log.note("echo.close", [json!(code.as_u16()), json!(reason), json!(was_clean), conn.data().clone()]);
        Ok(())
    }
}

/// `slowopen`: its open takes 200 ms.
pub(super) struct SlowOpen {
    pub(super) log: Log,
    pub(super) pause: Pause,
}

impl SocketHandler for SlowOpen {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &Plain) -> Result<(), Rejection> {
        Ok(())
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.log.note("slowopen.opening", []);
        self.pause.millis(200).await;
        self.log.note("slowopen.open", []);
        // Its peer may be gone by now, which is no failure.
        let _ = conn.send(&json!({"opened": true}));
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, message: Value) -> Result {
        self.log.note("slowopen.message", [message.clone()]);
        let _ = conn.send(&json!({"got": message}));
        Ok(())
    }

    async fn on_close(&self, _: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        self.log.note("slowopen.close", [json!(close.code.as_u16())]);
        Ok(())
    }
}

/// `helddata`: its data waits until the case lets it go on.
pub(super) struct HeldData {
    pub(super) log: Log,
    pub(super) gate: Gate,
}

impl SocketHandler for HeldData {
    type Key = Plain;
    type Incoming = Value;
    type Outgoing = Value;
    type Data = String;

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<String, Rejection> {
        self.log.note("helddata.asked", []);
        self.gate.pass().await;
        let data = upgrade.header("x-test").unwrap_or_default().to_owned();
        self.log.note("helddata.made", [json!(data)]);
        Ok(data)
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.log.note("helddata.open", [json!(conn.data())]);
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, message: Value) -> Result {
        conn.send(&json!({"data": conn.data(), "got": message}))?;
        Ok(())
    }
}
