//! What is said and heard in the chat, on every kind of host.

#![cfg(test)] // or clippy takes the helpers below for production code

mod hosts;

use std::sync::atomic::{AtomicU64, Ordering};

use board::{
    User,
    shared::{Board, CHAT, ClientSays, Line, ServerSays, Talker},
};
use irori::{App, ConnectionId, connection::Member};
use irori_test::{TestClient, TestServer};
use serde_json::{Value, json};

use self::hosts::on_every_host;

const NOW: u64 = 1_700_000_000_000;

#[test]
fn everyone_hears_what_is_said_the_author_too() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        ada.say(" the engine\nweaves ");
        for hears in [&mut ada.client, &mut grace.client] {
            assert_eq!(hear(hears), (ada.id, line("the engine\nweaves")));
            hears.expect_quiet();
        }
    });
}

#[test]
fn what_is_said_stays_at_its_board() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        let (mut grace, _) = enter(server, "attic", "Grace");
        ada.say("hello");
        grace.client.expect_quiet();
    });
}

#[test]
fn the_page_finds_the_words_where_it_looks_for_them() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        let hue = User::named("Ada").unwrap().hue;
        ada.client.send_json(&json!({"t": "msg", "msg": {"text": "hello"}}));

        let line = json!({"text": "hello", "at": NOW});
        let state = json!({"user": {"name": "Ada", "hue": hue}, "lines": [line]});
        let shows = json!({"from": ada.id, "t": "presence", "op": "update", "state": state});
        assert_eq!(grace.client.recv_json::<Value>(), shows);
        let says = json!({"from": ada.id, "t": "msg", "msg": {"kind": "said", "text": "hello", "at": NOW}});
        assert_eq!(grace.client.recv_json::<Value>(), says);
    });
}

#[test]
fn a_message_of_no_or_too_many_characters_is_refused_to_its_author_alone() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        for bad in ["", " \n ", &"é".repeat(501)] {
            ada.say(bad);
            let refused = json!({"kind": "refused", "why": "a message has 1 to 500 characters"});
            assert_eq!(ada.client.recv_said::<Value>(), (ada.id, refused));
        }
        grace.client.expect_quiet();

        let longest = "é".repeat(500);
        ada.say(&longest);
        assert_eq!(hear(&mut grace.client), (ada.id, line(&longest)));
    });
}

#[test]
fn a_newcomer_is_told_the_last_30_lines_of_each_who_is_there() {
    on_every_host(ticking_app, |server| {
        let (mut ada, before) = enter(server, "lobby", "Ada");
        assert_eq!(before, [talker("Ada", [])]);
        let (mut grace, _) = enter(server, "lobby", "Grace");
        for number in 0..40 {
            ada.say(&number.to_string());
        }
        grace.say("40");

        let (_, before) = enter(server, "lobby", "Edsger");
        let texts = before.iter().map(|talker| talker.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>());
        let last: Vec<_> = (10..40).map(|number| number.to_string()).collect();
        assert_eq!(texts.collect::<Vec<_>>(), [last.iter().map(String::as_str).collect(), vec!["40"], vec![]]);
        assert!(before.iter().flat_map(|talker| &talker.lines).is_sorted_by_key(|line| line.at), "{before:?}");
    });
}

#[test]
fn long_lines_are_as_many_as_fit_and_the_newest() {
    on_every_host(app, |server| {
        let (mut ada, _) = enter(server, "lobby", "Ada");
        for number in 0..40 {
            ada.say(&format!("{number} {}", "囲".repeat(400)));
        }
        let (_, before) = enter(server, "lobby", "Grace");
        let texts: Vec<_> = before[0].lines.iter().filter_map(|line| line.text.split(' ').next()).collect();
        assert_eq!(texts, ["38", "39"]);

        // What takes more than all that is kept is passed on, and forgotten.
        ada.say(&format!("a{}b", "\u{1}".repeat(498)));
        ada.say("short again");
        let (_, before) = enter(server, "lobby", "Edsger");
        assert_eq!(before[0], talker("Ada", [line("short again")]));
    });
}

#[test]
fn what_one_said_is_not_theirs_to_change() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        ada.say("hello");
        hear(&mut grace.client);
        ada.client.show(&talker("Grace", [line("goodbye")]));
        let told = Member { id: ada.id, state: Some(talker("Ada", [line("hello")])) };
        assert_eq!(grace.client.expect_update(), told);
    });
}

#[test]
fn a_chat_goes_on_without_who_left() {
    on_every_host(app, |server| {
        let (mut ada, mut grace) = ada_and_grace(server);
        grace.say("goodbye");
        hear(&mut ada.client);
        drop(grace.client);
        assert_eq!(ada.client.expect_leave(), grace.id);
        ada.say("alone again");
        assert_eq!(hear(&mut ada.client), (ada.id, line("alone again")));

        let (_, before) = enter(server, "lobby", "Edsger");
        assert_eq!(before, [talker("Ada", [line("alone again")]), talker("Edsger", [])]);
    });
}

#[test]
fn a_guest_is_denied() {
    on_every_host(app, |server| {
        server.room(CHAT, &Board { board_id: "lobby".into() }).connect().expect_close(4403);
    });
}

fn app() -> App {
    board::app(|| NOW)
}

/// An app whose clock says another time whenever it is asked.
fn ticking_app() -> App {
    static TICKS: AtomicU64 = AtomicU64::new(NOW);
    board::app(|| TICKS.fetch_add(1, Ordering::Relaxed))
}

/// Somebody in the chat.
struct Somebody {
    client: TestClient,
    id: ConnectionId,
}

impl Somebody {
    fn say(&mut self, text: &str) {
        self.client.say(&ClientSays { text: text.to_owned() });
    }
}

/// Somebody who comes to the chat of a board, and what those who are there show then.
fn enter(server: &TestServer, board: &str, name: &str) -> (Somebody, Vec<Talker>) {
    let board = Board { board_id: board.into() };
    let mut client = server.room(CHAT, &board).named(name).cookie("name", name).connect();
    let snapshot = client.expect_snapshot();
    let talkers = snapshot.members.into_iter().map(|member| member.state.unwrap()).collect();
    (Somebody { client, id: snapshot.own }, talkers)
}

/// Both in the lobby, with nothing left to hear.
fn ada_and_grace(server: &TestServer) -> (Somebody, Somebody) {
    let (mut ada, _) = enter(server, "lobby", "Ada");
    let (grace, _) = enter(server, "lobby", "Grace");
    ada.client.expect_join::<Talker>();
    (ada, grace)
}

/// The next line that is said, and who says it. They show it by then.
fn hear(client: &mut TestClient) -> (ConnectionId, Line) {
    let Member { id, state } = client.expect_update::<Talker>();
    match client.recv_said() {
        (from, ServerSays::Said(line)) => {
            assert_eq!((id, state.unwrap().lines.back()), (from, Some(&line)));
            (from, line)
        }
        (from, refused) => panic!("{from} was told {refused:?}"),
    }
}

/// What somebody of this name shows who said this.
fn talker<const N: usize>(name: &str, lines: [Line; N]) -> Talker {
    Talker { user: User::named(name).unwrap(), lines: lines.into() }
}

fn line(text: &str) -> Line {
    Line { text: text.to_owned(), at: NOW }
}
