//! A panic in the app's code, wherever it is: that connection ends, its room is left, and nobody else notices more.

use std::sync::{Arc, Mutex};

use irori::{
    App, Rejection, Result, RoomConnection, RoomHandler, RoomRef, Upgrade, WsContext, WsEvents, channel::NoKey,
    error::Failure, wire::Message,
};
use irori_test::{TestClient, TestServer};
use serde::{Serialize, Serializer};
use serde_json::Value;

const ROOM: RoomRef<NoKey, String, Brittle, String> = RoomRef::new("test", "room");

/// A room that panics in the hook that its client names.
struct Fragile;

/// Panics in this hook, when it is the one named.
#[track_caller]
fn panic_in(hook: &str, named: &str) {
    assert!(hook != named, "the secret of {hook}");
}

fn named(upgrade: &Upgrade) -> &str {
    upgrade.header("x-panic").unwrap_or_default()
}

/// A text that panics when it is written and says `brittle`.
struct Brittle(String);

impl Serialize for Brittle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        panic_in("brittle", &self.0);
        serializer.serialize_str(&self.0)
    }
}

impl RoomHandler for Fragile {
    type Key = NoKey;
    type Incoming = String;
    type Outgoing = Brittle;
    type State = String;
    type Data = String;

    async fn guard(&self, upgrade: &Upgrade) -> Result<(), Rejection> {
        panic_in("guard", named(upgrade));
        Ok(())
    }

    async fn data(&self, upgrade: &Upgrade, _: &NoKey) -> Result<String, Rejection> {
        panic_in("data", named(upgrade));
        Ok(named(upgrade).to_owned())
    }

    fn presence(&self, named: &String) -> String {
        panic_in("presence", named);
        String::new()
    }

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        panic_in("on_join", conn.data());
        let named = conn.data().clone();
        conn.on_teardown(move || panic_in("teardown", &named));
        Ok(())
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: String) -> Result {
        panic_in("on_message", conn.data());
        if message == "fail" {
            return Err(irori::Error::new("it failed"));
        }
        conn.broadcast(&Brittle(message))?;
        Ok(())
    }

    fn on_presence(&self, conn: &RoomConnection<Self>, wanted: Option<String>) -> Result<Option<String>> {
        panic_in("on_presence", conn.data());
        Ok(wanted)
    }

    async fn on_leave(&self, conn: &mut RoomConnection<Self>) -> Result {
        panic_in("on_leave", conn.data());
        Ok(())
    }

    fn on_error(&self, conn: &mut RoomConnection<Self>, failure: &Failure) {
        conn.report(failure);
        panic_in("on_error", conn.data());
    }
}

/// The room with somebody in it, and what the app's error hook hears.
struct House {
    server: TestServer,
    witness: TestClient,
    heard: Arc<Mutex<Vec<String>>>,
}

impl House {
    fn new() -> Self {
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let hook = Arc::clone(&heard);
        let app = App::new()
            .room(ROOM, Fragile)
            .on_error(move |failure| hook.lock().unwrap().push(format!("{}: {}", failure.stage, failure.cause)));
        let server = TestServer::new(app);
        let mut witness = server.room(ROOM, &NoKey {}).named("witness").connect();
        witness.recv();
        Self { server, witness, heard }
    }

    /// A member that panics in this hook, and is in.
    fn member(&mut self, hook: &str) -> TestClient {
        let mut member = self.server.room(ROOM, &NoKey {}).header("x-panic", hook).connect();
        assert_eq!(member.recv_json::<Value>()["t"], "snapshot");
        self.expect("join");
        member
    }

    /// Expects the witness to see a member come or go.
    fn expect(&mut self, op: &str) {
        assert_eq!(self.witness.recv_json::<Value>()["op"], op);
    }

    /// Expects that this is what the error hook heard, and that the house is as it was before.
    fn stands_after(mut self, heard: &str) {
        self.witness.expect_quiet();
        assert_eq!(*self.heard.lock().unwrap(), [heard]);
        assert_eq!(self.server.app().connections(), 1);
        let room = self.server.rooms().of(ROOM, &NoKey {});
        assert_eq!(self.server.block_on(room.members()).unwrap().len(), 1);

        let mut next = self.member("");
        next.say("well?");
        assert_eq!(self.witness.recv_said::<String>().1, "well?");
        self.witness.say("well!");
        assert_eq!(next.recv_said::<String>().1, "well!");
    }
}

#[test]
fn before_the_upgrade_it_is_a_500() {
    for hook in ["guard", "data"] {
        let house = House::new();
        let answer = house.server.room(ROOM, &NoKey {}).header("x-panic", hook).refused();
        assert_eq!((answer.status().as_u16(), answer.body().as_str()), (500, "internal error\n"));
        house.stands_after(&format!("{hook}: panicked: the secret of {hook}"));
    }
}

#[test]
fn in_presence_nobody_has_come() {
    let house = House::new();
    let mut member = house.server.room(ROOM, &NoKey {}).header("x-panic", "presence").connect();
    assert_eq!(member.expect_close(1011), "internal error");
    house.stands_after("open: panicked: the secret of presence");
}

#[test]
fn in_on_join_it_has_come_and_goes() {
    let mut house = House::new();
    let mut member = house.member("on_join");
    assert_eq!(member.expect_close(1011), "internal error");
    house.expect("leave");
    house.stands_after("open: panicked: the secret of on_join");
}

#[test]
fn in_a_message_it_goes() {
    type Act = fn(&mut TestClient);
    let acts: [(&str, &str, Act); 3] = [
        ("on_message", "message", |member| member.say("anything")),
        ("on_presence", "message", |member| member.show("anything")),
        ("brittle", "message", |member| member.say("brittle")),
    ];
    for (hook, stage, act) in acts {
        let mut house = House::new();
        let mut member = house.member(hook);
        act(&mut member);
        assert_eq!(member.expect_close(1011), "internal error");
        house.expect("leave");
        house.stands_after(&format!("{stage}: panicked: the secret of {hook}"));
    }
}

#[test]
fn at_the_end_it_has_gone_already() {
    for (hook, stage) in [("teardown", "teardown"), ("on_leave", "close")] {
        let mut house = House::new();
        let mut member = house.member(hook);
        member.close(1000, "");
        member.expect_close(1000);
        house.expect("leave");
        house.stands_after(&format!("{stage}: panicked: the secret of {hook}"));
    }
}

#[test]
fn in_the_error_hook_it_changes_nothing() {
    let mut house = House::new();
    let mut member = house.member("on_error");
    member.say("fail");
    member.expect_open();
    member.close(1000, "");
    member.expect_close(1000);
    house.expect("leave");
    house.stands_after("message: it failed");
}

#[test]
fn in_the_apps_error_hook_it_changes_nothing() {
    let server = TestServer::new(App::new().room(ROOM, Fragile).on_error(|_| panic!("the secret of the app")));
    let room = || server.room(ROOM, &NoKey {});
    assert_eq!(room().header("x-panic", "data").refused().status(), 500);
    let mut member = room().connect();
    member.recv();
    member.say("fail");
    member.expect_open();
    let mut other = room().header("x-panic", "on_message").connect();
    other.recv();
    other.say("anything");
    other.expect_close(1011);
    member.expect_open();
}

struct Raw(String);

impl WsEvents for Raw {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        let named = self.0.clone();
        ws.on_teardown(move || panic_in("teardown", &named));
        panic_in("on_open", &self.0);
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> Result {
        panic_in("on_message", &self.0);
        ws.send(message)?;
        Ok(())
    }

    async fn on_close(&mut self, _: &mut WsContext, _: &irori::CloseInfo) -> Result {
        panic_in("on_close", &self.0);
        Ok(())
    }
}

#[test]
fn of_raw_events_it_is_the_same() {
    let decide = |upgrade: &Upgrade| {
        panic_in("the route", named(upgrade));
        Raw(named(upgrade).to_owned())
    };
    let server = TestServer::new(App::new().websocket("/raw", decide));
    assert_eq!(server.request("/raw").header("x-panic", "the route").refused().status(), 500);
    for hook in ["on_open", "on_message", "on_close", "teardown"] {
        let mut client = server.request("/raw").header("x-panic", hook).connect();
        if hook.starts_with("on_o") || hook.starts_with("on_m") {
            client.send_text("anything");
            client.expect_close(1011);
        } else {
            client.close(1000, "");
            client.expect_close(1000);
        }
        assert_eq!(server.app().connections(), 0, "after a panic in {hook}");
    }
    let mut client = server.connect("/raw");
    client.send_text("well?");
    assert_eq!(client.recv(), Message::from("well?"));
}
