//! What a room is after memory was gone: the same members, in the same order, who hear the same.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Roster, case::cases};

cases! { "resume":
    room_and_presence_survive [Hibernation],
    roster_after_wake [Hibernation],
    held_state_after_wake [Hibernation, VirtualTime],
    no_event_before_init_done [Hibernation],
}

/// Who speaks from outside: the nil UUID (PROTOCOL.md, section 5).
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn room_and_presence_survive(kit: Kit) {
    let server = kit.start().await;
    let (mut first, first_id) = server.join("chat", "1").await;
    let (mut second, second_id) = server.join("chat", "1").await;
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    for (state, of, id) in [(json!(null), 0, &first_id), (json!({"typing": "é"}), 1, &second_id)] {
        [&mut first, &mut second][of].show(state.clone()).await;
        for member in [&mut first, &mut second] {
            member.expect_presence(id, "update", Some(state.clone())).await;
        }
    }
    let mut bare = server.socket("bare").connect().await;
    let (bare_id, _) = bare.expect_snapshot().await;
    server.evict().await;

    let mut members = vec![json!({"id": first_id, "state": null}), json!({"id": second_id, "state": {"typing": "é"}})];
    first.say(json!({"who": true})).await;
    first.expect_said(&first_id, json!({"members": members})).await;
    let mut third = server.room("chat", "1").connect().await;
    let (third_id, shown) = third.expect_snapshot().await;
    members.push(json!({"id": third_id, "state": {"typing": false}}));
    assert_eq!(shown, members, "what is null is not absent");
    third.lose();
    for member in [&mut first, &mut second] {
        member.expect_presence(&third_id, "join", Some(json!({"typing": false}))).await;
        member.expect_presence(&third_id, "leave", None).await;
    }
    second.say(json!({"self": "hello"})).await;
    first.expect_said(&second_id, json!({"self": "hello"})).await;
    second.expect_said(&second_id, json!({"self": "hello"})).await;
    first.show(json!({"typing": true})).await;
    second.expect_presence(&first_id, "update", Some(json!({"typing": true}))).await;
    let (_, members) = server.socket("bare").connect().await.expect_snapshot().await;
    assert_eq!(members[0], json!({"id": bare_id}), "who shows nothing shows nothing");

    server.evict().await;
    assert_eq!(server.say_outside("1", &json!("from outside")).await, 2);
    second.expect_said(NOBODY, json!("from outside")).await;
    assert!(server.close_outside("1", &second_id, 4002, "out").await);
    assert_eq!(second.expect_close().await, (4002, "out".to_owned()));
}

async fn roster_after_wake(kit: Kit) {
    let server = kit.start().await;
    let mut watcher = server.room("chat", "1").connect().await;
    let mut roster = Roster::new(&mut watcher).await;
    let (second, _) = server.join("chat", "1").await;
    let (third, _) = server.join("chat", "1").await;
    second.close(1000, "").await;
    server.wait_for("chat.leave", 1).await;
    roster.follow(&mut watcher, |roster| roster.ids().len() == 2).await;
    roster.follow(&mut watcher, |roster| roster.ids().len() == 3).await;
    roster.follow(&mut watcher, |roster| roster.ids().len() == 2).await;
    server.evict().await;

    let mut newcomer = server.room("chat", "1").connect().await;
    let seen = Roster::new(&mut newcomer).await;
    roster.follow(&mut watcher, |roster| roster.ids().len() == 3).await;
    assert_eq!(seen.members(), roster.members(), "in join order, the newcomer last");
    third.lose();
    roster.follow(&mut watcher, |roster| roster.ids().len() == 2).await;
    server.evict().await;
    assert_eq!(server.members_outside("1").await, roster.members());
    let own = roster.ids()[0].to_owned();
    watcher.expect_quiet(&own).await;
}

/// A state that was sent too soon after others is shown when its time has come.
async fn held_state_after_wake(kit: Kit) {
    let server = kit.start().await;
    let (mut author, id) = server.join("chat", "1").await;
    for level in 0..10 {
        author.show(json!(level)).await;
    }
    author.say(json!({"direct": "all were sent"})).await;
    while author.recv().await["t"] != "msg" {}
    server.evict().await;
    author.expect_presence(&id, "update", Some(json!(9))).await;
    server.evict().await;
    assert_eq!(server.members_outside("1").await, [json!({"id": id, "state": 9})]);
}

/// Whoever is first to say something is heard by all.
async fn no_event_before_init_done(kit: Kit) {
    const MEMBERS: usize = 8;
    let server = kit.start().await;
    let mut members = Vec::new();
    for _ in 0..MEMBERS {
        members.push(server.join("chat", "1").await);
    }
    for (place, (member, _)) in members.iter_mut().enumerate() {
        for _ in place + 1..MEMBERS {
            assert_eq!(member.recv().await["op"], "join");
        }
    }
    server.evict().await;
    join_all(members.iter_mut().map(|(member, id)| member.say(json!({"self": id})))).await;
    let mut heard = Vec::new();
    for (member, _) in &mut members {
        heard.push(said(member, MEMBERS).await);
    }
    assert!(heard.iter().all(|frames| *frames == heard[0]), "all hear the same, in one order: {heard:?}");
    let authors = heard[0].iter().map(|frame| frame["from"].as_str().unwrap_or_default());
    let mut ids: Vec<_> = members.iter().map(|(_, id)| id.as_str()).collect();
    ids.sort_unstable();
    let mut authors: Vec<_> = authors.collect();
    authors.sort_unstable();
    assert_eq!(authors, ids, "and each of them once");
}

async fn said(member: &mut Client, count: usize) -> Vec<Value> {
    let mut frames = Vec::new();
    for _ in 0..count {
        frames.push(member.recv().await);
    }
    frames
}
