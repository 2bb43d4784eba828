//! What the members of a board see of each other, in memory and virtual time.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::sync::{Arc, Mutex};

use board::{
    User,
    shared::{Board, CURSORS},
};
use irori::{App, error::Cause};
use irori_test::{TestClient, TestServer};
use serde_json::{Value, json};

#[test]
fn a_move_reaches_the_others_and_not_its_author() {
    let server = server();
    let (mut ada, mut grace) = ada_and_grace(&server);
    ada.client.say(&json!({"x": 0.25, "y": 1}));
    assert_eq!(grace.client.recv_said::<Value>(), (ada.id, json!({"x": 0.25, "y": 1.0})));
    ada.client.expect_quiet();
}

#[test]
fn a_move_stays_on_its_board() {
    let server = server();
    let mut ada = Member::join(&server, "lobby", "Ada");
    let mut grace = Member::join(&server, "attic", "Grace");
    ada.client.say(&json!({"x": 0, "y": 0}));
    grace.client.expect_quiet();
}

#[test]
fn who_joins_and_who_leaves_is_seen() {
    let server = server();
    let mut ada = Member::join(&server, "lobby", "Ada");
    let grace = Member::join(&server, "lobby", "Grace");
    let here = |id: &str, name| json!({"id": id, "state": pointer(name, Value::Null, Value::Null)});
    assert_eq!(grace.snapshot["members"], json!([here(&ada.id, "Ada"), here(&grace.id, "Grace")]));
    assert_eq!(ada.client.recv_json::<Value>(), presence(&grace.id, "join", "Grace", Value::Null, Value::Null));

    drop(grace.client);
    assert_eq!(ada.client.recv_json::<Value>(), json!({"from": grace.id, "t": "presence", "op": "leave"}));
}

#[test]
fn a_pointer_moves_but_its_name_and_colour_are_not_its_own() {
    let server = server();
    let (mut ada, mut grace) = ada_and_grace(&server);
    for (x, y) in [(json!(0.5), json!(0.75)), (Value::Null, Value::Null)] {
        ada.client.show(&json!({"name": "Grace", "hue": 7, "x": x, "y": y}));
        assert_eq!(grace.client.recv_json::<Value>(), presence(&ada.id, "update", "Ada", x, y));
    }
}

#[test]
fn a_cursor_off_the_board_is_reported_and_dropped() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let server = TestServer::new(app().on_error(move |failure| {
        log.lock().unwrap().push(matches!(failure.cause, Cause::Malformed(_)));
    }));
    let (mut ada, mut grace) = ada_and_grace(&server);

    ada.client.say(&json!({"x": 1.01, "y": 0.5}));
    ada.client.say(&json!({"x": 0.5, "y": -0.01}));
    ada.client.say(&json!({"x": null, "y": 0.5}));
    ada.client.send_text(r#"{"t":"msg","msg":{"x":1e999,"y":0.5}}"#);
    ada.client.show(&json!({"name": "", "hue": 0, "x": 2, "y": 0.5}));
    grace.client.expect_quiet();
    assert_eq!(*reported.lock().unwrap(), [true; 5]);

    ada.client.say(&json!({"x": 0, "y": 0.5}));
    grace.client.recv_said::<Value>();
}

#[test]
fn a_guest_is_denied_and_nobody_hears_of_it() {
    let server = server();
    let mut ada = Member::join(&server, "lobby", "Ada");
    let lobby = Board { board_id: "lobby".into() };
    for name in ["", "%20", "%0A", &"x".repeat(41)] {
        let mut guest = server.room(CURSORS, &lobby).cookie("name", name).connect();
        guest.expect_close(4403);
    }
    server.room(CURSORS, &lobby).connect().expect_close(4403);
    ada.client.expect_quiet();
}

/// A member that has had its snapshot.
struct Member {
    client: TestClient,
    id: String,
    snapshot: Value,
}

impl Member {
    fn join(server: &TestServer, board: &str, name: &str) -> Self {
        let board = Board { board_id: board.into() };
        let mut client = server.room(CURSORS, &board).named(name).cookie("name", name).connect();
        let snapshot = client.recv_json::<Value>();
        let id = snapshot["self"].as_str().unwrap().to_owned();
        Self { client, id, snapshot }
    }
}

/// Both in the lobby, with nothing left to hear.
fn ada_and_grace(server: &TestServer) -> (Member, Member) {
    let mut ada = Member::join(server, "lobby", "Ada");
    let grace = Member::join(server, "lobby", "Grace");
    ada.client.recv();
    (ada, grace)
}

fn presence(from: &str, op: &str, name: &str, x: Value, y: Value) -> Value {
    json!({"from": from, "t": "presence", "op": op, "state": pointer(name, x, y)})
}

fn pointer(name: &str, x: Value, y: Value) -> Value {
    let User { name, hue } = User::named(name).unwrap();
    json!({"name": name, "hue": hue, "x": x, "y": y})
}

fn server() -> TestServer {
    TestServer::new(app())
}

fn app() -> App {
    board::app(|| 0)
}
