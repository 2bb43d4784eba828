//! What a room is about: how a pattern and the params of a request make a topic, and what is refused.

use irori::{
    App, Events,
    app::{BuildError, Problem},
};
use irori_pattern::{Pattern, PatternError, Segment};
use serde_json::{Value, json};

use crate::conformance::{Client, Dial, Kit, Server, case::cases};

cases! { "channel":
    substitutes_one,
    substitutes_many,
    bare,
    percent_encodes,
    values_stay_in_their_slots,
    optional_absent,
    rest_values,
    rejects_hyphen_param,
    rejects_colon_literal,
    accepts_dashed_literal,
    rejects_two_open_slots,
    rejects_reserved_names,
    rejects_duplicates,
    undeclared_keys_dropped,
    non_string_denied,
    array_denied,
    missing_denied,
    empty_denied,
}

/// Who speaks from outside any connection.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn substitutes_one(kit: Kit) {
    let server = kit.start().await;
    let (mut lobby, _) = server.join("chat", "lobby").await;
    let (mut attic, _) = server.join("chat", "attic").await;
    assert_eq!(server.say_outside("lobby", &json!("tea")).await, 1);
    assert_eq!(server.say_outside("attic", &json!("rain")).await, 1);
    assert_eq!(server.say_outside(":roomId", &json!("nobody")).await, 0);
    lobby.expect_said(NOBODY, json!("tea")).await;
    attic.expect_said(NOBODY, json!("rain")).await;
}

async fn substitutes_many(kit: Kit) {
    let server = kit.start().await;
    let mut member = join(&server, "line", &json!({"from": "a", "to": "b", "number": "7"})).await;
    let _same = join(&server, "line", &json!({"number": "7", "to": "b", "from": "a"})).await;
    assert_eq!(member.recv().await["op"], "join", "the order of the params in the request does not matter");
    for (from, to, number, reached) in [("a", "b", 7, 2), ("b", "a", 7, 0), ("a", "b", 8, 0), ("a", "c", 7, 0)] {
        let key = json!({"from": from, "to": to, "number": number.to_string()});
        assert_eq!(server.say_outside_in("line", &key, &json!("hello")).await, reached, "{key}");
    }
    member.expect_said(NOBODY, json!("hello")).await;
}

async fn bare(kit: Kit) {
    let server = kit.start().await;
    let mut clients = Vec::new();
    for (before, dial) in [
        server.socket("bare"),
        server.keyed("bare", &json!({})),
        server.dial("/__sockets?m=demo%2Fmod&s=bare&r="),
        server.keyed("bare", &json!({"roomId": "ignored"})),
    ]
    .into_iter()
    .enumerate()
    {
        let mut client = dial.connect().await;
        assert_eq!(client.expect_snapshot().await.1.len(), before + 1, "they are all in one room");
        clients.push(client);
    }
}

async fn percent_encodes(kit: Kit) {
    let server = kit.start().await;
    // A topic has 200 bytes, and `chat/` takes five: what is left tells how long each character is in it.
    for (text, bytes) in [("-_.!~*'()", 1), ("Az09", 1), ("/", 3), (" ", 3), ("%", 3), ("\"", 3), ("é", 6), ("茶", 9)]
    {
        let fitting = 195 / bytes;
        let room_id = |characters: usize| text.chars().cycle().take(characters).collect::<String>();
        let (mut member, _) = server.join("chat", &room_id(fitting)).await;
        assert_eq!(server.say_outside(&room_id(fitting), &json!(text)).await, 1, "{text}");
        member.expect_said(NOBODY, json!(text)).await;
        server.room("chat", &room_id(fitting + 1)).denied("forbidden").await;
    }
}

async fn values_stay_in_their_slots(kit: Kit) {
    let server = kit.start().await;
    let keys = [
        json!({"from": "a", "to": "b", "number": "7"}),
        json!({"from": "a/b", "number": "7"}),
        json!({"from": "a%2Fb", "number": "7"}),
        json!({"from": "..", "to": "a", "number": "7"}),
        json!({"from": "a", "to": "b/../b", "number": "7"}),
    ];
    let mut members = Vec::new();
    for key in &keys {
        members.push(join(&server, "line", key).await);
        assert_eq!(server.say_outside_in("line", key, key).await, 1, "{key} is a room of its own");
    }
    for (member, key) in members.iter_mut().zip(keys) {
        member.expect_said(NOBODY, key).await;
    }
}

async fn optional_absent(kit: Kit) {
    let server = kit.start().await;
    let absent = json!({"from": "a", "number": "7"});
    let empty = json!({"from": "a", "to": "", "number": "7"});
    let mut member = join(&server, "line", &absent).await;
    let _same = join(&server, "line", &empty).await;
    member.recv().await; // the join
    assert_eq!(server.say_outside_in("line", &absent, &json!("hello")).await, 2);
    member.expect_said(NOBODY, json!("hello")).await;
    let params: Vec<_> = server.logged("line.params").await.into_iter().map(|entry| entry[1].clone()).collect();
    assert_eq!(params, [absent, empty], "what is empty leaves the topic and stays in the params");
}

async fn rest_values(kit: Kit) {
    let server = kit.start().await;
    let mut members = Vec::new();
    for (path, already_there) in [(None, 0), (Some(""), 1), (Some("a/b"), 0), (Some("a%2Fb"), 0), (Some("a"), 0)] {
        let key = path.map_or(json!({}), |path| json!({"path": path}));
        assert_eq!(server.say_outside_in("rest", &key, &json!("hello")).await, already_there, "{key}");
        members.push(join(&server, "rest", &key).await);
        let seen = server.logged("rest.params").await;
        assert_eq!(seen.last(), Some(&json!(["rest.params", key, path])), "it is one text");
    }
}

async fn rejects_hyphen_param(_: Kit) {
    let refused = |error: &PatternError| matches!(error, PatternError::BadParam { .. });
    for name in ["board/:board-id", ":", ":a.b", "board/:id??", "board/:bücher", "board/:a:b"] {
        expect_refused(name, refused);
    }
}

async fn rejects_colon_literal(_: Kit) {
    let refused = |error: &PatternError| matches!(error, PatternError::HiddenParam { .. });
    for name in ["board:boardId", "shard:7", "board/cell:x?", "a:b:c"] {
        expect_refused(name, refused);
    }
}

async fn accepts_dashed_literal(_: Kit) {
    for name in ["chat:lobby-1", "order:created.v2", "a-b/c_d.e~f"] {
        let pattern = Pattern::parse(name).unwrap_or_else(|error| panic!("{error}"));
        let literals: Vec<_> = name.split('/').map(Segment::Literal).collect();
        assert_eq!(pattern.segments(), literals);
        build_at(name).unwrap_or_else(|error| panic!("{error}"));
    }
}

async fn rejects_two_open_slots(_: Kit) {
    let refused = |error: &PatternError| matches!(error, PatternError::SecondOpenSlot { .. });
    for name in [":a?/:b?", "x/:a?/y/:b*", ":a?/:b+", "x/:a?/:b/:c+"] {
        expect_refused(name, refused);
    }
    assert!(Pattern::parse(":a*/:b+").is_err());
}

async fn rejects_reserved_names(_: Kit) {
    let refused = |error: &PatternError| matches!(error, PatternError::ReservedName { .. });
    for name in [
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
    ] {
        expect_refused(&format!("board/:{name}"), refused);
        assert!(Pattern::parse(&format!("board/:{name}_2")).is_ok(), "{name}");
    }
}

async fn rejects_duplicates(_: Kit) {
    let refused = |error: &PatternError| matches!(error, PatternError::DuplicateParam { .. });
    for name in [":id/:id", "board/:id/cell/:id?", ":a/:b/:a"] {
        expect_refused(name, refused);
    }
}

async fn undeclared_keys_dropped(kit: Kit) {
    let server = kit.start().await;
    let (mut member, _) = server.join("chat", "a").await;
    let more = json!({"admin": true, "roomId": "a", "__proto__": {"x": 1}, "path": ["b"], "roomid": null});
    let _other = join(&server, "chat", &more).await;
    assert_eq!(member.recv().await["op"], "join", "it is the same room");
    let seen = server.logged("guard.app").await;
    assert_eq!(seen[1][2], json!({"roomId": "a"}), "and nobody sees what was not asked for");
}

async fn non_string_denied(kit: Kit) {
    let server = kit.start().await;
    for value in [json!(null), json!(7), json!(true), json!(["a"]), json!({"a": "b"})] {
        for (unit, key) in [
            ("chat", json!({"roomId": value})),
            ("rest", json!({"path": value})),
            ("line", json!({"from": "a", "to": value, "number": "7"})),
        ] {
            server.keyed(unit, &key).denied("forbidden").await;
        }
    }
    server.keyed("line", &json!({"from": "a", "number": "seven"})).denied("forbidden").await;
}

async fn array_denied(kit: Kit) {
    let server = kit.start().await;
    for unit in ["chat", "bare", "echo"] {
        for r in [json!([]), json!([{"roomId": "a"}]), json!(null), json!("a"), json!(1)] {
            server.keyed(unit, &r).denied("forbidden").await;
        }
        for r in ["nope", "%7B", "%7B%7D%7B%7D", "%FF"] {
            raw(&server, unit, r).denied("forbidden").await;
        }
    }
}

async fn missing_denied(kit: Kit) {
    let server = kit.start().await;
    server.socket("chat").denied("forbidden").await;
    raw(&server, "chat", "").denied("forbidden").await;
    server.keyed("chat", &json!({})).denied("forbidden").await;
    server.keyed("chat", &json!({"RoomId": "a", "room_id": "a"})).denied("forbidden").await;
    server.keyed("line", &json!({"from": "a", "to": "b"})).denied("forbidden").await;
}

async fn empty_denied(kit: Kit) {
    let server = kit.start().await;
    server.room("chat", "").denied("forbidden").await;
    server.keyed("line", &json!({"from": "", "number": "7"})).denied("forbidden").await;
    let _space = server.join("chat", " ").await;
}

async fn join(server: &Server, unit: &str, key: &Value) -> Client {
    let mut client = server.keyed(unit, key).connect().await;
    client.expect_snapshot().await;
    client
}

/// A client of a unit whose `r` is this, as it is.
fn raw(server: &Server, unit: &str, r: &str) -> Dial {
    server.dial(format!("/__sockets?m=demo%2Fmod&s={unit}&r={r}"))
}

/// Expects a name to be refused as a channel, and as the path of a route and of a scope when the app is built.
fn expect_refused(name: &str, is_why: impl Fn(&PatternError) -> bool) {
    let Err(error) = Pattern::parse(name) else { panic!("`{name}` was taken for a pattern") };
    assert!(is_why(&error), "{error}");
    let Err(error) = build_at(name) else { panic!("an app was built with `/{name}`") };
    assert_eq!(error.problems().len(), 2, "{error}");
    for problem in error.problems() {
        assert!(matches!(problem, Problem::BadPattern { error, .. } if is_why(error)), "{problem}");
    }
}

/// An app with a route and a scope of this name.
fn build_at(name: &str) -> Result<irori::BuiltApp, BuildError> {
    let path = format!("/{name}");
    App::new().websocket(&path, |_| Events::new()).scope(&path, |scope| scope).build()
}
