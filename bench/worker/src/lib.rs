//! The Worker that `cargo xtask bench worker` measures: a socket that echoes, and a room that passes on what is said.

use irori::{
    App, Rejection, Result, RoomConnection, RoomHandler, RoomRef, SocketConnection, SocketHandler, SocketRef, Upgrade,
    channel::NoKey,
};

irori_cloudflare::worker!(app);

fn app() -> App {
    let app = App::new().limits(|limits| {
        // What is measured is how fast it is, not how much one may ask of it.
        limits.rate.messages = 1_000_000;
        limits.rate.burst = 1_000_000;
        limits.rate.bytes = 1_000_000_000;
    });
    app.socket(SocketRef::new("bench", "echo"), Echo).room(RoomRef::new("bench", "room"), Room)
}

struct Echo;

impl SocketHandler for Echo {
    type Key = NoKey;
    type Incoming = String;
    type Outgoing = String;
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &NoKey) -> Result<(), Rejection> {
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, said: String) -> Result {
        conn.send(&said)?;
        Ok(())
    }
}

struct Room;

impl RoomHandler for Room {
    type Key = NoKey;
    type Incoming = String;
    type Outgoing = String;
    type State = ();
    type Data = ();

    async fn data(&self, _: &Upgrade, _: &NoKey) -> Result<(), Rejection> {
        Ok(())
    }

    fn presence(&self, (): &()) {}

    async fn on_message(&self, conn: &mut RoomConnection<Self>, said: String) -> Result {
        conn.broadcast(&said)?;
        Ok(())
    }
}
