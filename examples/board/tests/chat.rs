//! What is said and heard in the chat, in memory and virtual time.

#![cfg(test)] // or clippy takes the helpers below for production code

use board::{
    User,
    shared::{CHAT, ClientSays, Line, ServerSays},
};
use irori_test::{TestClient, TestServer};
use serde_json::{Value, json};

const NOW: u64 = 1_700_000_000_000;

#[test]
fn everyone_hears_what_is_said_the_author_too() {
    let server = server();
    let (mut ada, _) = enter(&server, "Ada");
    let (mut grace, _) = enter(&server, "Grace");
    say(&mut ada, " the engine\nweaves ");
    for hears in [&mut ada, &mut grace] {
        assert_eq!(hears.recv_json::<ServerSays>(), ServerSays::Said(line("Ada", "the engine\nweaves")));
        hears.expect_quiet();
    }
}

#[test]
fn the_page_finds_the_words_where_it_looks_for_them() {
    let server = server();
    let (mut ada, _) = enter(&server, "Ada");
    let hue = User::named("Ada").unwrap().hue;
    ada.send_json(&json!({"text": "hello"}));
    let said = json!({"kind": "said", "name": "Ada", "hue": hue, "text": "hello", "at": NOW});
    assert_eq!(ada.recv_json::<Value>(), said);
}

#[test]
fn a_message_of_no_or_too_many_characters_is_refused_to_its_author_alone() {
    let server = server();
    let (mut ada, _) = enter(&server, "Ada");
    let (mut grace, _) = enter(&server, "Grace");
    for bad in ["", " \n ", &"é".repeat(501)] {
        say(&mut ada, bad);
        let refused = json!({"kind": "refused", "why": "a message has 1 to 500 characters"});
        assert_eq!(ada.recv_json::<Value>(), refused);
    }
    grace.expect_quiet();

    let longest = "é".repeat(500);
    say(&mut ada, &longest);
    assert_eq!(grace.recv_json::<ServerSays>(), ServerSays::Said(line("Ada", &longest)));
}

#[test]
fn a_newcomer_is_told_the_last_30_lines() {
    let server = server();
    let (mut ada, before) = enter(&server, "Ada");
    assert_eq!(before, []);
    for number in 0..40 {
        say(&mut ada, &number.to_string());
    }
    let (_, before) = enter(&server, "Grace");
    let expected: Vec<Line> = (10..40).map(|number| line("Ada", &number.to_string())).collect();
    assert_eq!(before, expected);
}

#[test]
fn a_chat_goes_on_without_who_left() {
    let server = server();
    let (mut ada, _) = enter(&server, "Ada");
    let (grace, _) = enter(&server, "Grace");
    drop(grace);
    say(&mut ada, "alone again");
    assert_eq!(ada.recv_json::<ServerSays>(), ServerSays::Said(line("Ada", "alone again")));
}

#[test]
fn a_guest_is_denied() {
    server().socket(CHAT).connect().expect_close(4403);
}

fn server() -> TestServer {
    TestServer::new(board::app(|| NOW))
}

/// Somebody who comes, and what they are told was said before.
fn enter(server: &TestServer, name: &str) -> (TestClient, Vec<Line>) {
    let mut client = server.socket(CHAT).named(name).cookie("name", name).connect();
    match client.recv_json() {
        ServerSays::History { lines } => (client, lines),
        other => panic!("{name} was told {other:?} before the history"),
    }
}

fn say(client: &mut TestClient, text: &str) {
    client.send_json(&ClientSays { text: text.to_owned() });
}

fn line(name: &str, text: &str) -> Line {
    let User { name, hue } = User::named(name).unwrap();
    Line { name, hue, text: text.to_owned(), at: NOW }
}
