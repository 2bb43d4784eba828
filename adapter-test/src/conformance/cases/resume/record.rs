//! What is kept with a socket: how much, and what becomes of one with which something else is kept.

use http::StatusCode;
use irori::wire::Opcode;
use serde_json::json;

use crate::conformance::{Client, Kit, Profile, Server, case::cases};

cases! { "resume":
    attachment_over_budget_refuses_upgrade [Hibernation],
    data_that_outgrows_its_limit_closes_1011 [Hibernation],
    foreign_sockets_ignored [Records],
    old_version_attachment_closes_cleanly [Records],
    data_of_another_type_closes_cleanly [Records],
}

async fn attachment_over_budget_refuses_upgrade(kit: Kit) {
    let server = kit.start_with(Profile::Messages(64 * 1024)).await;
    let sized = |size: usize| server.dial(format!("/__sockets?m=demo%2Fmod&s=bigdata&size={size}"));
    let mut fits = sized(7_000).connect().await;
    assert_eq!(server.wait_for("faulty.open", 1).await, [json!(["faulty.open", 7_000])]);
    let answer = sized(60_000).refused().await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "more than any host keeps with a socket");
    let failures = server.wait_for("error", 1).await;
    assert_eq!((&failures[0][1], &failures[0][2]), (&json!("bigdata"), &json!("data")));
    assert_eq!(server.logged("faulty.open").await.len(), 1, "nothing of it was opened");
    server.evict().await;
    fits.send(&json!("ping")).await;
    fits.expect(json!({"still": "ping"})).await;
}

async fn data_that_outgrows_its_limit_closes_1011(kit: Kit) {
    let server = kit.start().await;
    let mut diary = server.socket("diary").connect().await;
    let mut other = server.socket("diary").connect().await;
    for _ in 0..7 {
        diary.send(&json!({"write": "x".repeat(1_000)})).await;
    }
    assert_eq!(diary.expect_close().await, (1011, "internal error".to_owned()));
    let failures = server.wait_for("error", 1).await;
    assert_eq!((&failures[0][1], &failures[0][3]), (&json!("diary"), &json!("error")));
    assert_eq!(server.wait_for("diary.close", 1).await[0][2], 1011);
    other.send(&json!("read")).await;
    other.expect(json!({"pages": [], "protocol": null})).await;
}

async fn foreign_sockets_ignored(kit: Kit) {
    let server = kit.start().await;
    let [(mut member, id), (mut foreign, foreign_id)] = two(&server).await;
    server.rewrite("1", &format!(r#""v":1,"ours":{{"id":"{foreign_id}""#), r#""theirs":{"id":"x""#).await;
    foreign.say(json!("not for irori")).await;
    member.say(json!({"self": "for irori"})).await;
    member.expect_said(&id, json!({"self": "for irori"})).await;
    foreign.send_frame(true, Opcode::Ping, "").await;
    foreign.expect_pong(b"").await; // it is neither told anything nor closed
    foreign.lose();
    member.expect_quiet(&id).await;
    assert_eq!(server.members_outside("1").await, [json!({"id": id, "state": {"typing": false}})]);
    assert_eq!(server.logged("chat.leave").await.len(), 0);
}

async fn old_version_attachment_closes_cleanly(kit: Kit) {
    let server = kit.start().await;
    let [(member, id), (old, old_id)] = two(&server).await;
    let kept_as = |version| format!(r#""v":{version},"ours":{{"id":"{old_id}""#);
    server.rewrite("1", &kept_as(1), &kept_as(999)).await;
    expect_turned_out(&server, (member, &id), (old, &old_id)).await;
}

async fn data_of_another_type_closes_cleanly(kit: Kit) {
    let server = kit.start().await;
    let (mut member, id) = server.join("chat", "1").await;
    let mut old = server.room("chat", "1").header("x-user", "an old one").connect().await;
    let (old_id, _) = old.expect_snapshot().await;
    member.expect_presence(&old_id, "join", Some(json!({"typing": false}))).await;
    server.rewrite("1", r#"{"user":"an old one"}"#, r#"{"name":"an old one"}"#).await;
    expect_turned_out(&server, (member, &id), (old, &old_id)).await;
}

/// Two members of the chat `1`, of whom the first has seen the second come.
async fn two(server: &Server) -> [(Client, String); 2] {
    let (mut first, first_id) = server.join("chat", "1").await;
    let (second, second_id) = server.join("chat", "1").await;
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    [(first, first_id), (second, second_id)]
}

/// Expects a connection that cannot go on to be told to come back, and the others that it left.
async fn expect_turned_out(server: &Server, (mut member, id): (Client, &str), (mut old, old_id): (Client, &str)) {
    member.say(json!({"who": true})).await;
    member.expect_presence(old_id, "leave", None).await;
    member.expect_said(id, json!({"members": [{"id": id, "state": {"typing": false}}]})).await;
    assert_eq!(old.expect_close().await.0, 1012, "a client that is told so connects again");
    old.lose();
    member.expect_quiet(id).await;

    server.evict().await;
    let (_back, new_id) = server.join("chat", "1").await;
    member.expect_presence(&new_id, "join", Some(json!({"typing": false}))).await;
    member.expect_quiet(id).await;
}
