use irori::{CloseInfo, Rejection, Result, SocketConnection, SocketHandler, Upgrade};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Log, Pause, Plain};

/// `script`: does what it is told, one order at a time.
pub(super) struct Script {
    pub(super) log: Log,
    pub(super) pause: Pause,
}

/// An order. A text is one too: it is sent back.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Sends so many numbers, from zero.
    Count(u64),
    /// Waits so many milliseconds, then sends `{"slept": ms}`.
    Sleep(u64),
    /// Closes with this code and reason, and notes whether that was allowed.
    Close(u16, String),
    /// Closes twice.
    CloseTwice(u16, u16),
    /// Closes, then notes what sending says.
    CloseThenSend(u16),
    /// Sends `{"said": value}`.
    Say(Value),
    /// Sends from another thread, through a handle.
    SayElsewhere(Value),
    /// Fails.
    Fail,
    /// Panics.
    Panic,
}

impl SocketHandler for Script {
    type Key = Plain;
    type Incoming = Order;
    type Outgoing = Value;
    type Data = Option<String>;

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<Option<String>, Rejection> {
        Ok(upgrade.header("x-open").map(str::to_owned))
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        for name in ["first", "second"] {
            let log = self.log.clone();
            conn.on_teardown(move || log.note("script.teardown", [json!(name)]));
        }
        if conn.data().as_deref() == Some("close") {
            conn.close(4001, "closed in open")?;
        }
        self.log.note("script.open", [json!(conn.id())]);
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, order: Order) -> Result {
        self.log.note("script.start", []);
        let done = self.obey(conn, order).await;
        self.log.note("script.end", []);
        done
    }

    async fn on_close(&self, _: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        self.log.note("script.close", [json!(close.code.as_u16()), json!(close.reason), json!(close.was_clean)]);
        Ok(())
    }
}

impl Script {
    async fn obey(&self, conn: &mut SocketConnection<Self>, order: Order) -> Result {
        match order {
            Order::Count(count) => (0..count).try_for_each(|number| conn.send(&json!(number)).map(drop))?,
            Order::Sleep(millis) => {
                self.pause.millis(millis).await;
                let _ = conn.send(&json!({"slept": millis}));
            }
            Order::Close(code, reason) => {
                let outcome = conn.close(code, reason).map_err(|error| error.to_string());
                self.log.note("script.closed", [json!(outcome)]);
                outcome.map_err(irori::Error::new)?;
            }
            Order::CloseTwice(first, second) => {
                conn.close(first, "first")?;
                conn.close(second, "second")?;
            }
            Order::CloseThenSend(code) => {
                conn.close(code, "no more")?;
                let outcome = conn.send(&json!("too late")).map(|_| ()).map_err(|error| error.to_string());
                self.log.note("script.sent", [json!(outcome)]);
            }
            Order::Say(value) => drop(conn.send(&json!({"said": value}))?),
            Order::SayElsewhere(value) => {
                let socket = conn.socket();
                let said = std::thread::spawn(move || socket.send(&json!({"said": value})).is_ok());
                let said = said.join().unwrap_or_default();
                self.log.note("script.elsewhere", [json!(said)]);
            }
            Order::Fail => return Err(irori::Error::new("the script's secret cause")),
            Order::Panic => panic!("the script's secret panic"),
        }
        Ok(())
    }
}
