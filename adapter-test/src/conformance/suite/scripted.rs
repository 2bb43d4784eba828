use std::sync::{Mutex, MutexGuard, PoisonError};

use irori::{CloseInfo, Rejection, Result, SocketConnection, SocketHandler, Upgrade, connection::Socket};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Gate, Log, Pause, Plain, salvo::outcome};

/// `script`: does what it is told, one order at a time.
pub(super) struct Script {
    log: Log,
    pause: Pause,
    gate: Gate,
    /// A handle that a connection left here for others.
    kept: Mutex<Option<Socket<Value>>>,
}

/// An order.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Sends so many numbers, from zero.
    Count(u64),
    /// Sends so many numbers, and notes what became of each.
    Tell(u64),
    /// Sends so many texts, of so many bytes each.
    Bulk(u64, usize),
    /// Sends `"holding"`, waits until the case lets it go on, then sends `"held"`.
    Hold,
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
    /// Leaves a handle to itself for others.
    Keep,
    /// Sends `{"said": value}` to whoever left its handle, and notes what became of it.
    Whisper(Value),
    /// Sends `{"data": data}`.
    Data,
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
        assert_ne!(conn.data().as_deref(), Some("panic"), "the script's secret panic");
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
    pub(super) fn new(log: &Log, pause: &Pause, gate: &Gate) -> Self {
        Self { log: log.clone(), pause: pause.clone(), gate: gate.clone(), kept: Mutex::default() }
    }

    async fn obey(&self, conn: &mut SocketConnection<Self>, order: Order) -> Result {
        match order {
            Order::Count(count) => (0..count).try_for_each(|number| conn.send(&json!(number)).map(drop))?,
            Order::Tell(count) => {
                let outcomes: Vec<_> = (0..count).map(|number| json!(outcome(conn.send(&json!(number))))).collect();
                self.log.note("script.told", outcomes);
            }
            Order::Bulk(count, bytes) => {
                let text = json!("x".repeat(bytes));
                (0..count).try_for_each(|_| conn.send(&text).map(drop))?;
            }
            Order::Hold => {
                conn.send(&json!("holding"))?;
                self.gate.pass().await;
                let _ = conn.send(&json!("held"));
            }
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
            Order::Keep => *self.kept() = Some(conn.socket()),
            Order::Whisper(value) => {
                let told = self.kept().as_ref().map(|socket| outcome(socket.send(&json!({"said": value}))));
                self.log.note("script.whispered", [json!(told)]);
            }
            Order::Data => drop(conn.send(&json!({"data": conn.data()}))?),
            Order::Fail => return Err(irori::Error::new("the script's secret cause")),
            Order::Panic => panic!("the script's secret panic"),
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Option<Socket<Value>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
