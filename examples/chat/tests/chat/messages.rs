//! The wire of the chat, as a page written in another language meets it; and what is said to bad messages.

use chat::shared::{Code, ServerSays};
use serde_json::{Value, json};

use super::{EPOCH, House, Somebody};

#[test]
fn the_page_finds_each_message_as_the_readme_shows_it() {
    let house = House::new();
    let mut ada = house.enter("Ada");
    let at = u64::try_from(EPOCH.as_millis()).unwrap();
    for (asks, answer) in [
        (json!({"type": "join", "room": "lobby"}), json!({"type": "joined", "room": "lobby", "users": ["Ada"]})),
        (
            json!({"type": "say", "room": "lobby", "text": "hello", "request": 7}),
            json!({"type": "said", "room": "lobby", "from": "Ada", "text": "hello", "at": at, "id": 1}),
        ),
        (json!({"type": "who", "room": "lobby"}), json!({"type": "users", "room": "lobby", "users": ["Ada"]})),
        (json!({"type": "leave", "room": "lobby"}), json!({"type": "left", "room": "lobby"})),
        (
            json!({"type": "say", "room": "lobby", "text": "hello", "request": 8}),
            json!({"type": "error", "request": 8, "code": "not_in_room", "message": "you are not in lobby: join it first"}),
        ),
    ] {
        ada.client.send_json(&asks);
        assert_eq!(ada.client.recv_json::<Value>(), answer);
    }

    ada.join("lobby");
    let grace = house.enter_room("Grace", "lobby");
    assert_eq!(ada.client.recv_json::<Value>(), json!({"type": "user_joined", "room": "lobby", "user": "Grace"}));
    drop(grace);
    assert_eq!(ada.client.recv_json::<Value>(), json!({"type": "user_left", "room": "lobby", "user": "Grace"}));
}

#[test]
fn what_is_no_message_is_answered_in_the_words_of_the_parser() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    for (text, message) in [
        ("hello", "expected value at line 1 column 1"),
        ("", "EOF while parsing a value at line 1 column 0"),
        (r#"{"type":"join""#, "EOF while parsing an object at line 1 column 14"),
        ("null", "invalid type: null, expected struct ClientSays at line 1 column 4"),
        (r#"{"room":"lobby"}"#, "missing field `type`"),
        (r#"{"type":"shout"}"#, "unknown variant `shout`, expected one of `join`, `leave`, `say`, `who`"),
        (r#"{"type":"say","room":"lobby"}"#, "missing field `text`"),
        (r#"{"type":"join","room":7}"#, "invalid type: integer `7`, expected a string"),
        (r#"{"type":"join","room":"lobby","request":-1}"#, "invalid value: integer `-1`, expected u32"),
        (r#"{"type":"join","room":7,"request":1}"#, "invalid type: integer `7`, expected a string"),
    ] {
        ada.client.send_text(text);
        let ServerSays::Error { request: None, problem } = ada.hear() else { panic!("{text}") };
        assert_eq!(problem.code, Code::Malformed);
        assert!(problem.message.starts_with(message), "{text}: {problem:?}");
    }
    ada.client.send_binary(vec![0xFF]);
    ada.expect_error(Code::Malformed);
    lives(&mut ada);
}

#[test]
fn what_is_malformed_is_not_quoted_at_length() {
    let house = House::new();
    let mut ada = house.enter("Ada");
    ada.client.send_json(&json!({"type": "x".repeat(10_000)}));
    assert_eq!(ada.expect_error(Code::Malformed).chars().count(), 200);
}

#[test]
fn what_breaks_a_rule_is_answered_with_the_rule() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    let long = "é".repeat(501);
    let rule = "room: a room has 1 to 64 characters: a-z, 0-9, - and _";
    for (room, text, message) in [
        ("lobby", "", "text: is blank"),
        ("lobby", " \n", "text: is blank"),
        ("lobby", "\u{200B}\u{2800}", "text: is blank"),
        ("lobby", "\u{1B}[2J", "text: has a control character"),
        ("lobby", long.as_str(), "text: length is greater than 500"),
        ("", "hello", rule),
        (&"x".repeat(65), "hello", rule),
        ("The Lobby", "hello", rule),
        ("attic", "hello", "you are not in attic: join it first"),
    ] {
        ada.client.send_json(&json!({"type": "say", "room": room, "text": text, "request": 1}));
        let answer = ada.client.recv_json::<Value>();
        assert_eq!((&answer["message"], &answer["request"]), (&json!(message), &json!(1)));
    }
    for kind in ["leave", "who"] {
        ada.client.send_json(&json!({"type": kind, "room": "attic"}));
        ada.expect_error(Code::NotInRoom);
    }
    lives(&mut ada);
}

#[test]
fn the_longest_text_passes_however_it_is_escaped() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    ada.say("lobby", &"囲".repeat(500));
    assert_eq!(ada.hear_said()[2].chars().count(), 500);
    let escaped = r"\ud83d\udd25".repeat(500);
    ada.client.send_text(&format!(r#"{{"type":"say","room":"lobby","text":"{escaped}"}}"#));
    assert_eq!(ada.hear_said()[2], "🔥".repeat(500));
}

/// The connection is open, and still in its room.
#[track_caller]
fn lives(somebody: &mut Somebody) {
    somebody.say("lobby", "still here");
    assert_eq!(somebody.hear_said()[2], "still here");
}
