//! A member's state: where it comes from, what it may be, and who hears that it changed.

use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Server, case::cases};

cases! { "presence":
    initial_state,
    no_state_key_absent,
    explicit_null_kept,
    update_reaches_others,
    update_echoed_to_author,
    presence_frame_skips_message,
    update_during_join,
    state_set_by_handler,
    state_put_right_by_handler,
    unserialisable_state_errs,
}

/// Two members of a chat, of whom the first has seen the second come.
async fn two(server: &Server) -> [(Client, String); 2] {
    let (mut first, first_id) = server.join("chat", "1").await;
    let (second, second_id) = server.join("chat", "1").await;
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    [(first, first_id), (second, second_id)]
}

/// What a newcomer is told that this member of a chat shows.
async fn shown(server: &Server, place: usize) -> Option<Value> {
    let (_, members) = server.room("chat", "1").connect().await.expect_snapshot().await;
    members[place].get("state").cloned()
}

async fn initial_state(kit: Kit) {
    let server = kit.start().await;
    let mut first = server.room("typed", "1").header("x-user", "ann").connect().await;
    let (first_id, members) = first.expect_snapshot().await;
    assert_eq!(members, [json!({"id": first_id, "state": {"name": "ann", "level": 0}})]);
    let mut second = server.room("typed", "1").header("x-user", "bob").connect().await;
    let (second_id, members) = second.expect_snapshot().await;
    assert_eq!(members[0]["state"], json!({"name": "ann", "level": 0}));
    assert_eq!(members[1]["state"], json!({"name": "bob", "level": 0}));
    first.expect_presence(&second_id, "join", Some(json!({"name": "bob", "level": 0}))).await;
}

async fn no_state_key_absent(kit: Kit) {
    let server = kit.start().await;
    let mut first = server.dial("/__sockets?m=demo%2Fmod&s=bare").connect().await;
    let (a, _) = first.expect_snapshot().await;
    let mut second = server.dial("/__sockets?m=demo%2Fmod&s=bare&r=%7B%7D").connect().await;
    let snapshot = second.recv_text().await;
    let b = first.recv().await["from"].as_str().unwrap_or_default().to_owned();
    assert_eq!(snapshot, format!(r#"{{"t":"snapshot","self":"{b}","members":[{{"id":"{a}"}},{{"id":"{b}"}}]}}"#));
    // A state can come, and go again.
    second.show(json!(1)).await;
    assert_eq!(first.recv_text().await, format!(r#"{{"from":"{b}","t":"presence","op":"update","state":1}}"#));
    second.send_text(r#"{"t":"presence"}"#).await;
    assert_eq!(first.recv_text().await, format!(r#"{{"from":"{b}","t":"presence","op":"update"}}"#));
    let mut third = server.dial("/__sockets?m=demo%2Fmod&s=bare").connect().await;
    let (c, members) = third.expect_snapshot().await;
    assert_eq!(members, [json!({"id": a}), json!({"id": b}), json!({"id": c})]);
    assert_eq!(first.recv_text().await, format!(r#"{{"from":"{c}","t":"presence","op":"join"}}"#));
    third.lose();
    assert_eq!(first.recv_text().await, format!(r#"{{"from":"{c}","t":"presence","op":"leave"}}"#));
}

async fn explicit_null_kept(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, _), (mut second, id)] = two(&server).await;
    second.send_text(r#"{"t":"presence","state":null}"#).await;
    let update = format!(r#"{{"from":"{id}","t":"presence","op":"update","state":null}}"#);
    assert_eq!(first.recv_text().await, update);
    assert_eq!(second.recv_text().await, update);
    assert_eq!(shown(&server, 1).await, Some(Value::Null));
}

async fn update_reaches_others(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id)] = two(&server).await;
    second.show(json!({"typing": true})).await;
    first.expect_presence(&second_id, "update", Some(json!({"typing": true}))).await;
    first.expect_quiet(&first_id).await;
    assert_eq!(shown(&server, 1).await, Some(json!({"typing": true})));
    assert_eq!(shown(&server, 0).await, Some(json!({"typing": false})), "nobody else's state changed");
}

async fn update_echoed_to_author(kit: Kit) {
    let server = kit.start().await;
    let (mut client, id) = server.join("chat", "1").await;
    client.show(json!({"typing": true})).await;
    client.expect_presence(&id, "update", Some(json!({"typing": true}))).await;
    client.expect_quiet(&id).await;
}

async fn presence_frame_skips_message(kit: Kit) {
    let server = kit.start().await;
    let (mut client, id) = server.join("chat", "1").await;
    client.send(&json!({"t": "presence", "state": {"self": true}, "msg": {"self": true}})).await;
    client.expect_presence(&id, "update", Some(json!({"self": true}))).await;
    client.expect_quiet(&id).await;
    assert_eq!(server.logged("chat.message").await.len(), 1, "only what was said is a message");
}

async fn update_during_join(kit: Kit) {
    let server = kit.start().await;
    let (mut first, first_id) = server.join("slowdata", "1").await;
    server.wait_for("slowdata.join", 1).await;
    let (mut second, second_id) = server.join("slowdata", "1").await;
    second.show(json!({"s": 2})).await;
    first.show(json!({"s": 3})).await;
    first.expect_presence(&second_id, "join", Some(json!({"s": 1}))).await;
    first.expect_presence(&first_id, "update", Some(json!({"s": 3}))).await;
    second.expect_presence(&first_id, "update", Some(json!({"s": 3}))).await;
    // What the newcomer showed has waited for its `on_join`, and was not lost.
    second.expect_presence(&second_id, "update", Some(json!({"s": 2}))).await;
    first.expect_presence(&second_id, "update", Some(json!({"s": 2}))).await;
    assert_eq!(server.logged("slowdata.join").await.len(), 2);
}

async fn state_set_by_handler(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id)] = two(&server).await;
    second.say(json!({"presence": {"typing": "by the server"}})).await;
    let state = Some(json!({"typing": "by the server"}));
    first.expect_presence(&second_id, "update", state.clone()).await;
    second.expect_presence(&second_id, "update", state.clone()).await;
    first.expect_quiet(&first_id).await;
    second.expect_quiet(&second_id).await;
    assert_eq!(shown(&server, 1).await, state);
}

async fn state_put_right_by_handler(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.room("typed", "1").header("x-user", "ann").connect().await;
    let (id, _) = client.expect_snapshot().await;
    // No other name than the own, no level over 100, and nothing that is no state of the type.
    client.show(json!({"name": "bob", "level": 7})).await;
    client.expect_presence(&id, "update", Some(json!({"name": "ann", "level": 7}))).await;
    client.show(json!({"name": "ann", "level": 101})).await;
    client.show(json!({"name": "ann", "level": -1})).await;
    client.show(json!({"name": "ann"})).await;
    client.show(json!("ann")).await;
    client.say(json!("next")).await;
    client.expect_said(&id, json!("next")).await;
    let mut onlooker = server.room("typed", "1").connect().await;
    let (_, members) = onlooker.expect_snapshot().await;
    assert_eq!(members[0]["state"], json!({"name": "ann", "level": 7}));
    // Nor can it hide.
    assert_eq!(client.recv().await["op"], "join");
    client.send_text(r#"{"t":"presence"}"#).await;
    client.expect_presence(&id, "update", Some(json!({"name": "ann", "level": 0}))).await;
}

async fn unserialisable_state_errs(kit: Kit) {
    let server = kit.start().await;
    let (mut first, _) = server.join("badstate", "1").await;
    let (mut second, id) = server.join("badstate", "1").await;
    first.expect_presence(&id, "join", Some(json!("whole"))).await;
    second.say(json!(null)).await;
    second.expect_said(&id, json!(true)).await;
    let set = server.logged("badstate.set").await;
    assert!(set[0][1]["Err"].as_str().is_some_and(|error| error.contains("it is broken")), "{set:?}");
    let (third_id, members) = server.room("badstate", "1").connect().await.expect_snapshot().await;
    assert_eq!(members[1], json!({"id": id, "state": "whole"}), "the state stays what it was");
    first.expect_presence(&third_id, "join", Some(json!("whole"))).await;
}
