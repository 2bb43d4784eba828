//! Promises that are kept at the edges: who never came never leaves, whoever is cut is torn down, no key ends a host.

use std::{
    convert::Infallible,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use irori::{
    App, Channel, Rejection, Result, RoomConnection, RoomHandler, RoomRef, SocketRef, Upgrade, WsEvents,
    channel::NoKey, define_room, define_socket, limits::Overflow,
};
use irori_test::TestServer;
use serde_json::{Value, json};

/// What the hooks of a test did.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

const HALL: RoomRef<NoKey, (), (), ()> = RoomRef::new("test", "hall");

struct Hall(Notes);

impl RoomHandler for Hall {
    type Key = NoKey;
    type Incoming = ();
    type Outgoing = ();
    type State = ();
    type Data = bool;

    async fn data(&self, upgrade: &Upgrade, _: &NoKey) -> Result<bool, Rejection> {
        Ok(upgrade.header("x-shy").is_some())
    }

    fn presence(&self, shy: &bool) {
        assert!(!shy, "too shy to come in");
    }

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        self.0.note("join");
        let notes = self.0.clone();
        conn.on_teardown(move || notes.note("teardown"));
        Ok(())
    }

    async fn on_message(&self, _: &mut RoomConnection<Self>, (): ()) -> Result {
        std::future::pending().await
    }

    async fn on_leave(&self, _: &mut RoomConnection<Self>) -> Result {
        self.0.note("leave");
        Ok(())
    }
}

fn hall() -> (TestServer, Notes) {
    let notes = Notes::default();
    let errors = notes.clone();
    let app =
        App::new().room(HALL, Hall(notes.clone())).on_error(move |failure| errors.note(failure.cause.to_string()));
    (TestServer::new(app), notes)
}

#[test]
fn who_never_came_in_never_leaves() {
    let (server, notes) = hall();
    let mut shy = server.room(HALL, &NoKey).header("x-shy", "yes").connect();
    assert_eq!(shy.expect_close(1011), "internal error");
    drop(shy);
    server.advance(Duration::from_secs(60));
    assert_eq!(notes.all(), ["panicked: too shy to come in"]);
}

#[test]
fn whoever_is_cut_is_torn_down_and_no_deadline_is_blamed() {
    let (server, notes) = hall();
    let mut stuck = server.room(HALL, &NoKey).connect();
    stuck.say(&());
    server.drain();
    assert_eq!(notes.all(), ["join", "teardown"]);
}

/// A field whose reading panics, as one of an app's own might.
struct Fussy;

impl FromStr for Fussy {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        assert_ne!(text, "bad", "the field's own panic");
        Ok(Self)
    }
}

impl fmt::Display for Fussy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fussy")
    }
}

#[derive(Channel)]
#[channel("fussy/:field")]
struct FussyKey {
    field: Fussy,
}

#[test]
fn a_key_that_panics_is_a_500() {
    let fussy: RoomRef<FussyKey, (), (), ()> = RoomRef::new("test", "fussy");
    let server = TestServer::new(App::new().room(fussy, define_room(fussy, ())));
    let target = |field| format!("/__sockets?m=test&s=fussy&r=%7B%22field%22%3A%22{field}%22%7D");
    assert_eq!(server.request(target("bad")).refused().status(), 500);
    server.connect(target("good")).expect_open();
}

/// A field that reads white space as nothing.
struct Trimmed(String);

impl FromStr for Trimmed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Display for Trimmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Channel)]
#[channel("x/:a/:b")]
struct Pair {
    a: Trimmed,
    b: Trimmed,
}

#[test]
fn what_a_type_reads_as_nothing_is_missing() {
    let pair: RoomRef<Pair, (), (), ()> = RoomRef::new("test", "pair");
    let server = TestServer::new(App::new().room(pair, define_room(pair, ())));
    let ask = |a: &str, b: &str| server.room(pair, &Pair { a: Trimmed(a.into()), b: Trimmed(b.into()) }).connect();
    assert_eq!(ask(" ", "v").expect_close(4403), "forbidden");
    assert_eq!(ask("v", " ").expect_close(4403), "forbidden");
    ask("v", "w").expect_open();
}

#[test]
fn off_is_a_duration_like_any_other() {
    let echo: SocketRef<(), ()> = SocketRef::new("test", "echo");
    let app = App::new().socket(echo, define_socket(echo, ())).limits(|limits| {
        limits.liveness.ping_after = Duration::MAX;
        limits.close.drain = Duration::MAX;
    });
    let server = TestServer::new(app);
    let clients: Vec<_> = (0..16).map(|_| server.socket(echo).connect()).collect();
    server.advance(Duration::from_secs(3_600));
    clients.into_iter().for_each(|mut client| client.expect_quiet());
}

#[test]
fn a_reader_who_misses_messages_misses_nobody_who_leaves() {
    let talk: RoomRef<NoKey, u32, u32, ()> = RoomRef::new("test", "talk");
    for overflow in [Overflow::DropOldest, Overflow::DropNewest] {
        let room = define_room(talk, ()).on_message(async |(), member, number: u32| {
            member.broadcast(&number)?;
            Ok(())
        });
        let app = App::new().room(talk, room).limits(|limits| {
            limits.outbox.messages = 4;
            limits.outbox.overflow = overflow;
        });
        let server = TestServer::new(app);
        let mut ada = server.room(talk, &NoKey).connect();
        let mut bob = server.room(talk, &NoKey).connect();
        let snapshot: Value = bob.recv_json();
        let (_, _): (Value, Value) = (ada.recv_json(), ada.recv_json());
        ada.stall();
        (0..20).for_each(|number| bob.say(&number));
        bob.close(1000, "");
        (0..20).for_each(|_| server.advance(Duration::ZERO));
        ada.resume();
        let frames: Vec<Value> = std::iter::from_fn(|| Some(ada.recv_json::<Value>()))
            .inspect(|frame| assert_ne!(frame["t"], "snapshot"))
            .take_while(|frame| frame["op"] != "leave")
            .collect();
        assert!(frames.len() < 20, "{overflow:?}: some were dropped");
        let left = json!({"from": snapshot["self"], "t": "presence", "op": "leave"});
        assert_eq!(left["op"], "leave");
        ada.expect_quiet();
    }
}

/// Events whose drop panics, as an app's own value might.
struct Bomb;

impl WsEvents for Bomb {}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the events' own panic");
    }
}

#[test]
fn a_panic_in_a_drop_is_told_and_goes_no_further() {
    let notes = Notes::default();
    let errors = notes.clone();
    let app = App::new()
        .websocket("/bomb", |_: &Upgrade| Bomb)
        .on_error(move |failure| errors.note(format!("{} {}", failure.stage, failure.cause)));
    let server = TestServer::new(app);
    let mut client = server.connect("/bomb");
    client.close(1000, "");
    assert_eq!(notes.all(), ["teardown panicked: the events' own panic"]);
    assert_eq!(server.app().connections(), 0);
}
