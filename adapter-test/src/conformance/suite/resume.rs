//! What the theme `resume` needs beside the rest of the suite.

use irori::{App, CloseInfo, Rejection, Result, SocketConnection, SocketHandler, Upgrade, handler::Policy};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Log, Plain, Profile, at};

/// Adds `diary`. Under [`Profile::Messages`] the data of a connection may be as large as a message, which is more than a
/// host that keeps it with a socket can keep.
pub(super) fn extend(app: App, profile: Profile, log: &Log) -> App {
    app.socket(at("diary"), Diary { log: log.clone() }).limits(|limits| {
        if let Profile::Messages(bytes) = profile {
            limits.upgrade.data_bytes = bytes;
        }
    })
}

/// `diary`: keeps what is written into it, behind what it was begun with. It speaks two subprotocols.
struct Diary {
    log: Log,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Adds a page.
    Write(String),
    /// Sends `{"pages": pages, "protocol": protocol}`.
    Read,
}

impl SocketHandler for Diary {
    type Key = Plain;
    type Incoming = Order;
    type Outgoing = Value;
    type Data = Vec<String>;

    async fn data(&self, upgrade: &Upgrade, _: &Plain) -> Result<Vec<String>, Rejection> {
        Ok(upgrade.header("x-first").map(str::to_owned).into_iter().collect())
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.log.note("diary.open", [json!(conn.id())]);
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, order: Order) -> Result {
        match order {
            Order::Write(page) => conn.data_mut().push(page),
            Order::Read => drop(conn.send(&json!({"pages": conn.data(), "protocol": conn.protocol()}))?),
        }
        Ok(())
    }

    async fn on_close(&self, conn: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        let CloseInfo { code, reason, was_clean, .. } = close;
        self.log.note("diary.close", [json!(conn.data()), json!(code.as_u16()), json!(reason), json!(was_clean)]);
        Ok(())
    }

    fn policy(&self) -> Policy {
        Policy::new().protocols(&["irori.v2", "irori.v1"])
    }
}
