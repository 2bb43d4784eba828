//! What a test that fails says, and where.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook},
    sync::{
        Arc, Once,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use irori::{
    App, ConnectionId, Error, Events, Rejection, RoomRef, SocketRef, Upgrade, channel::NoKey, connection::Member,
    define_socket, handler::define_room_with, rt::sleep, wire::Maybe,
};
use serde_json::json;

use crate::{Eviction, Snapshot, TestClient, TestServer, world::World};

const ECHO: SocketRef<u32, u32> = SocketRef::new("src/echo", "echo");
const HEARTH: RoomRef<NoKey, u32, u32, String> = RoomRef::new("src/hearth", "hearth");

#[test]
fn a_failed_expectation_names_what_came() {
    let server = TestServer::new(app());
    let mut ada = server.socket(ECHO).named("Ada").connect();
    says(|| ada.recv(), "Ada: expected a message, but nothing came\n");
    says(|| ada.expect_close(1000), "Ada: expected a close with 1000, but nothing came\n");
    ada.send_json(&1);
    says(|| ada.expect_quiet(), "Ada: expected nothing, but 1 came\n");
    ada.send_json(&2);
    says(|| ada.recv_json::<String>(), "Ada: expected alloc::string::String, but 2 came: invalid type");

    says(|| ada.close(1005, ""), "Ada: 1005 cannot be sent");
    says(|| ada.send_json(&Maybe::<u32>::Absent), "Ada: cannot send: ");
    ada.close(1000, "bye");
    says(|| ada.expect_open(), "Ada: expected an open connection, but it was closed with 1000 \"bye\"\n");
    says(|| ada.recv(), "Ada: expected a message, but the connection is gone\n");
}

#[test]
fn a_failed_expectation_of_a_room_names_what_came() {
    let server = TestServer::new(app());
    let mut ada = join(&server, "Ada");
    says(|| ada.expect_join::<String>(), "Ada: expected a join, but {\"t\":\"snapshot\",");
    says(|| ada.expect_snapshot::<String>(), "Ada: expected a snapshot, but nothing came\n");
    let mut grace = join(&server, "Grace");
    let said = failure(|| ada.expect_join::<u32>());
    assert!(said.contains("\"op\":\"join\",\"state\":\"Grace\"} came: invalid type: string \"Grace\", expected u32\n"));
    grace.expect_snapshot::<String>();
    grace.say(&1);
    says(|| ada.expect_leave(), "Ada: expected a leave, but {\"from\":");
    grace.show("Grace H.");
    says(|| ada.recv_said::<u32>(), "Ada: expected a message of the room, but {\"from\":");
    drop(grace);
    says(|| ada.expect_update::<String>(), "Ada: expected an update, but {\"from\":");

    let mut socket = server.socket(ECHO).named("Alan").connect();
    socket.send_json(&1);
    says(|| socket.recv_said::<u32>(), "Alan: expected a message of the room, but 1 came: invalid type");
    says(|| socket.say(&Maybe::<u32>::Absent), "Alan: cannot send: ");
    says(|| socket.show(&Maybe::<u32>::Absent), "Alan: cannot send: ");
}

#[test]
fn the_verbs_of_a_room_read_every_frame() {
    let server = TestServer::new(app());
    let member = |id, name: &str| Member { id, state: Some(name.to_owned()) };
    let mut ada = join(&server, "Ada");
    let Snapshot { own: ada_id, members } = ada.expect_snapshot();
    assert_eq!(members, [member(ada_id, "Ada")]);
    let mut grace = join(&server, "Grace");
    let snapshot = grace.expect_snapshot::<String>();
    assert_eq!(snapshot.members, [member(ada_id, "Ada"), member(snapshot.own, "Grace")]);

    assert_eq!(ada.expect_join(), member(snapshot.own, "Grace"));
    grace.show("Grace H.");
    assert_eq!(ada.expect_update(), member(snapshot.own, "Grace H."));
    grace.send_json(&json!({"t": "presence"}));
    assert_eq!(ada.expect_update(), Member::<String> { id: snapshot.own, state: None });
    grace.say(&7);
    assert_eq!(ada.recv_said(), (snapshot.own, 7));
    server.block_on(server.rooms().of(HEARTH, &NoKey {}).broadcast(&8)).unwrap();
    assert_eq!(ada.recv_said(), (ConnectionId::NIL, 8));
    drop(grace);
    assert_eq!(ada.expect_leave(), snapshot.own);
}

#[test]
fn what_a_message_leaves_out_is_told_from_null() {
    let ws = "/raw";
    let said = |frame: &'static str| {
        let decide = move |_: &Upgrade| {
            Events::with(frame).on_open(async |frame, ws| {
                ws.send(*frame)?;
                Ok(())
            })
        };
        TestServer::new(App::new().websocket(ws, decide)).connect(ws)
    };
    let absent = r#"{"from":"00000000-0000-0000-0000-000000000000","t":"msg"}"#;
    let null = r#"{"from":"00000000-0000-0000-0000-000000000000","t":"msg","msg":null}"#;
    assert_eq!(said(absent).recv_said(), (ConnectionId::NIL, ()));
    assert_eq!(said(absent).recv_said(), (ConnectionId::NIL, Maybe::<Option<u32>>::Absent));
    assert_eq!(said(null).recv_said(), (ConnectionId::NIL, Maybe::Present(None::<u32>)));
    let text = failure(|| said(absent).recv_said::<u32>());
    assert!(text.contains("came: missing field `msg`\n"), "{text}");
}

#[test]
fn a_failure_ends_with_the_tail_of_what_happened() {
    let server = TestServer::new(app());
    let mut ada = server.socket(ECHO).named("Ada").connect();
    server.advance(Duration::from_millis(1_500));
    drop(server.socket(ECHO).connect());
    let said = failure(|| ada.recv());
    let (_, tail) = said.split_once("\nthe last that happened:\n").unwrap();
    let tail = tail.lines().map(str::trim_start).collect::<Vec<_>>();
    assert_eq!(
        tail,
        [
            "1      0.000s  Ada        asks for /__sockets?m=src%2Fecho&s=echo",
            "2      0.000s  Ada        is connected",
            "3      0.000s  clock      advances by 1.5s",
            "4      1.500s  client 2   asks for /__sockets?m=src%2Fecho&s=echo",
            "5      1.500s  client 2   is connected",
            "6      1.500s  client 2   is dropped",
            "7      1.500s  Ada        sees that nothing came",
        ]
    );
    for _ in 0..100 {
        ada.expect_quiet();
    }
    let said = failure(|| ada.recv());
    assert_eq!(said.lines().count(), 42, "no more than the tail: {said}");
}

#[test]
fn what_fails_in_the_app_shows() {
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let server = TestServer::new(app().on_error(move |_| count.store(count.load(Relaxed) + 1, Relaxed)));
    let mut ada = server.socket(ECHO).connect();
    ada.send_json(&0);
    ada.send_json("one");
    assert_eq!(told.load(Relaxed), 2, "the app's own hook is told too");
    let said = failure(|| ada.recv());
    assert!(said.contains("s  server     src/echo::echo failed at message: zero has no echo\n"), "{said}");
    let why = "malformed: invalid type: string \"one\", expected u32 at line 1 column 5";
    assert!(said.contains(&format!("s  server     src/echo::echo failed at message: {why}\n")), "{said}");
}

#[test]
fn a_refused_upgrade_says_why() {
    let server = TestServer::new(app());
    let said = failure(|| join(&server, "nobody"));
    let first = "nobody: expected an upgrade, but it was refused with 500 Internal Server Error: internal error\n";
    assert!(said.starts_with(first), "{said}");
    assert!(said.contains("server     src/hearth::hearth failed at data: the book of names is burnt\n"), "{said}");

    let stranger = || server.request("/raw").named("Mallory").header("origin", "https://elsewhere.test");
    let said = failure(|| stranger().direct(Events::new()));
    let first = "Mallory: expected an upgrade, but it was refused with 403 Forbidden: this origin may not connect\n";
    assert!(said.starts_with(first), "{said}");
    let said = failure(|| server.socket(ECHO).named("Ada").refused());
    assert!(said.starts_with("Ada: expected a refusal, but the answer was 101\nthe last that"), "{said}");
    says(|| server.connect("/nowhere"), "client 4: expected an upgrade, but it was refused with 404");
}

#[test]
fn what_can_not_be_asked_for_is_told() {
    let server = TestServer::new(app());
    says(|| server.request("not a target"), "not a target is no target: ");
    says(|| server.socket(ECHO).cookie("name", "a\nb"), "\"name=a\\nb\" is no header's value: ");
    says(|| server.socket(ECHO).header("a b", ""), "\"a b\" is no header's name: ");
    says(|| TestServer::new(App::new().endpoint("sockets")), "the app cannot be built:\n- in `sockets`: ");
}

#[test]
fn sockets_and_rooms_are_found_at_the_endpoint_of_the_app() {
    let raw = |_: &Upgrade| Events::new();
    let server = TestServer::new(app().websocket("/raw", raw).endpoint("/live"));
    let mut ada = server.socket(ECHO).connect();
    ada.send_json(&1);
    assert_eq!(ada.recv_json::<u32>(), 1);
    join(&server, "Grace").expect_snapshot::<String>();
    server.connect("/raw").expect_open();
    assert_eq!(server.request("/__sockets").refused().status(), 404);
}

#[test]
fn a_handler_waits_on_the_clock_of_its_world() {
    let world = World::new();
    let late = define_socket(ECHO, world.runtime()).on_message(async |runtime, socket, number| {
        sleep(runtime, Duration::from_secs(number.into())).await;
        socket.send(&number)?;
        Ok(())
    });
    let server = TestServer::within(world, App::new().socket(ECHO, late));
    let mut ada = server.socket(ECHO).connect();
    ada.send_json(&3);
    server.advance(Duration::from_millis(2_999));
    ada.expect_quiet();
    server.advance(Duration::from_millis(1));
    assert_eq!(ada.recv_json::<u32>(), 3);
}

#[test]
fn what_a_handler_keeps_in_itself_goes_with_the_memory_it_is_in() {
    fn app() -> App {
        let count = define_socket(ECHO, AtomicU32::new(0)).on_message(async |count, socket, _| {
            socket.send(&count.fetch_add(1, Relaxed))?;
            Ok(())
        });
        App::new().socket(ECHO, count)
    }
    let seen_by_two = |server: &TestServer| {
        let mut clients = [server.socket(ECHO).connect(), server.socket(ECHO).connect()];
        [0, 1, 0, 1].map(|client| {
            clients[client].send_json(&0);
            clients[client].recv_json::<u32>()
        })
    };
    assert_eq!(seen_by_two(&TestServer::new(app())), [0, 1, 2, 3]);
    let server = TestServer::by_event(app, Eviction::WhenAsked);
    assert_eq!(seen_by_two(&server), [0, 0, 1, 1], "each is in a place of its own");
    let server = TestServer::by_event(app, Eviction::AfterEveryEvent);
    assert_eq!(seen_by_two(&server), [0, 0, 0, 0], "and made anew for every event");

    let server = TestServer::by_event(app, Eviction::WhenAsked);
    let mut ada = server.socket(ECHO).connect();
    for count in [0, 1] {
        ada.send_json(&0);
        assert_eq!(ada.recv_json::<u32>(), count);
    }
    server.evict();
    ada.send_json(&0);
    assert_eq!(ada.recv_json::<u32>(), 0);
}

/// An echo for all numbers but zero, and a room of those who have a name.
fn app() -> App {
    let echo = define_socket(ECHO, ()).on_message(async |(), socket, number| {
        if number == 0 {
            return Err(Error::new("zero has no echo"));
        }
        socket.send(&number)?;
        Ok(())
    });
    let hearth = define_room_with(HEARTH, (), name, |(), name| name.clone()).on_message(async |(), member, number| {
        member.broadcast(&number)?;
        Ok(())
    });
    App::new().socket(ECHO, echo).room(HEARTH, hearth)
}

async fn name(_: &(), upgrade: &Upgrade, _: &NoKey) -> Result<String, Rejection> {
    match upgrade.cookie("name") {
        Some("nobody") => Err(Rejection::error("the book of names is burnt")),
        name => name.map(str::to_owned).ok_or(Rejection::Deny),
    }
}

#[track_caller]
fn join(server: &TestServer, name: &str) -> TestClient {
    server.room(HEARTH, &NoKey {}).named(name).cookie("name", name).connect()
}

/// Runs what has to fail, on the line that calls this, and expects it to begin so.
#[track_caller]
fn says<T>(run: impl FnOnce() -> T, beginning: &str) {
    let said = failure(run);
    assert!(said.starts_with(beginning), "{said}");
}

thread_local! {
    /// The line of this file that the last panic pointed at.
    static LINE: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Runs what has to fail, on the line that calls this, and gives what it says.
#[track_caller]
fn failure<T>(run: impl FnOnce() -> T) -> String {
    static NOTE_LINES: Once = Once::new();
    NOTE_LINES.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            LINE.set(info.location().filter(|at| at.file() == file!()).map(Location::line));
            before(info);
        }));
    });
    let Err(said) = catch_unwind(AssertUnwindSafe(run)) else { panic!("it did not fail") };
    let said = *said.downcast::<String>().unwrap();
    assert_eq!(LINE.take(), Some(Location::caller().line()), "it points at another line: {said}");
    said
}
