//! What the members of a board see of each other, on every kind of host.

#![cfg(test)] // or clippy takes the helpers below for production code

mod hosts;

use std::{
    mem,
    sync::{Arc, Mutex},
};

use board::{
    User,
    shared::{Board, CURSORS, Cursor, Fraction, Pointer},
};
use irori::{App, ConnectionId, connection::Member, error::Cause};
use irori_test::{Snapshot, TestClient, TestServer};
use serde_json::{Value, json};

use self::hosts::on_every_host;

#[test]
fn a_move_reaches_the_others_and_not_its_author() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        let cursor = Cursor { x: fraction(0.25), y: fraction(1.0) };
        ada.client.say(&cursor);
        assert_eq!(grace.client.recv_said(), (ada.id, cursor));
        ada.client.expect_quiet();
    });
}

#[test]
fn a_move_stays_on_its_board() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        let (mut grace, _) = enter(server, "attic", "Grace");
        ada.client.say(&json!({"x": 0, "y": 0}));
        grace.client.expect_quiet();
    });
}

#[test]
fn who_joins_and_who_leaves_is_seen() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        let (grace, members) = enter(server, "lobby", "Grace");
        let newcomer = Member { id: grace.id, state: Some(pointer("Grace", None)) };
        assert_eq!(members, [Member { id: ada.id, state: Some(pointer("Ada", None)) }, newcomer.clone()]);
        assert_eq!(ada.client.expect_join(), newcomer);

        drop(grace.client);
        assert_eq!(ada.client.expect_leave(), grace.id);
    });
}

#[test]
fn a_pointer_moves_but_its_name_and_colour_are_not_its_own() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        for place in [Some((0.5, 0.75)), None] {
            ada.client.show(&Pointer { hue: 7, ..pointer("Grace", place) });
            assert_eq!(grace.client.expect_update(), Member { id: ada.id, state: Some(pointer("Ada", place)) });
        }
    });
}

#[test]
fn a_cursor_off_the_board_is_reported_and_dropped() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let reports = move || {
        let log = Arc::clone(&log);
        app().on_error(move |failure| log.lock().unwrap().push(matches!(failure.cause, Cause::Malformed(_))))
    };
    on_every_host(reports, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        ada.client.say(&json!({"x": 1.01, "y": 0.5}));
        ada.client.say(&json!({"x": 0.5, "y": -0.01}));
        ada.client.say(&json!({"x": null, "y": 0.5}));
        ada.client.send_text(r#"{"t":"msg","msg":{"x":1e999,"y":0.5}}"#);
        ada.client.show(&json!({"name": "", "hue": 0, "x": 2, "y": 0.5}));
        grace.client.expect_quiet();
        assert_eq!(mem::take(&mut *reported.lock().unwrap()), [true; 5]);

        ada.client.say(&json!({"x": 0, "y": 0.5}));
        grace.client.recv_said::<Cursor>();
    });
}

#[test]
fn the_page_finds_a_member_where_it_looks_for_it() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        let (mut grace, _) = enter(server, "lobby", "Grace");
        let hue = User::named("Grace").unwrap().hue;
        let state = json!({"name": "Grace", "hue": hue, "x": null, "y": null});
        let joins = json!({"from": grace.id, "t": "presence", "op": "join", "state": state});
        assert_eq!(ada.client.recv_json::<Value>(), joins);
        grace.client.say(&json!({"x": 0.5, "y": 1}));
        let moves = json!({"from": grace.id, "t": "msg", "msg": {"x": 0.5, "y": 1.0}});
        assert_eq!(ada.client.recv_json::<Value>(), moves);
    });
}

#[test]
fn a_guest_is_denied_and_nobody_hears_of_it() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        let lobby = Board { board_id: "lobby".into() };
        for name in ["", "%20", "%0A", &"x".repeat(41)] {
            let mut guest = server.room(CURSORS, &lobby).cookie("name", name).connect();
            guest.expect_close(4403);
        }
        server.room(CURSORS, &lobby).connect().expect_close(4403);
        ada.client.expect_quiet();
    });
}

/// Somebody on a board.
struct Somebody {
    client: TestClient,
    id: ConnectionId,
}

/// Somebody who comes to a board, and who is there then.
fn enter(server: &TestServer, board: &str, name: &str) -> (Somebody, Vec<Member<Pointer>>) {
    let board = Board { board_id: board.into() };
    let mut client = server.room(CURSORS, &board).named(name).cookie("name", name).connect();
    let Snapshot { own: id, members } = client.expect_snapshot();
    (Somebody { client, id }, members)
}

/// Both in the lobby, with nothing left to hear.
fn ada_and_grace(server: &TestServer) -> (Somebody, Somebody) {
    let (mut ada, _) = enter(server, "lobby", "Ada");
    let (grace, _) = enter(server, "lobby", "Grace");
    ada.client.expect_join::<Pointer>();
    (ada, grace)
}

/// What somebody of this name shows.
fn pointer(name: &str, place: Option<(f64, f64)>) -> Pointer {
    let User { name, hue } = User::named(name).unwrap();
    let (x, y) = place.map(|(x, y)| (fraction(x), fraction(y))).unzip();
    Pointer { name, hue, x, y }
}

fn fraction(part: f64) -> Fraction {
    part.try_into().unwrap()
}

fn app() -> App {
    board::app(|| 0)
}
