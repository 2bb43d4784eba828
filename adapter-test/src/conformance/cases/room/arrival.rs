//! What happens when somebody comes: to the one who comes, and to those who are there.

use irori::ConnectionId;
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Roster, case::cases};

cases! { "room":
    snapshot_first_always,
    snapshot_before_slow_join_ends,
    snapshot_contains_self,
    snapshot_in_join_order,
    others_get_join,
    joiner_gets_no_own_join,
    rejoin_gets_new_id,
    two_tabs_two_members,
    join_error_closes_1011_and_leaves,
    denied_is_never_seen,
}

async fn snapshot_first_always(kit: Kit) {
    let server = kit.start().await;
    let (mut speaker, _) = server.join("chat", "busy").await;
    let mut joiners = Vec::new();
    for round in 0..8 {
        for number in 0..10 {
            speaker.say(json!({"self": round * 10 + number})).await;
        }
        joiners.push(server.room("chat", "busy").connect().await);
    }
    speaker.say(json!({"self": 80})).await;
    for mut joiner in joiners {
        joiner.expect_snapshot().await;
        let heard = heard_until(&mut joiner, 80).await;
        let whole: Vec<_> = (heard[0]..=80).collect();
        assert_eq!(heard, whole, "nothing that was said after the snapshot is missing");
    }
}

/// The numbers said, until this one.
async fn heard_until(client: &mut Client, last: u64) -> Vec<u64> {
    let mut heard = Vec::new();
    while heard.last() != Some(&last) {
        heard.extend(client.recv().await["msg"]["self"].as_u64());
    }
    heard
}

async fn snapshot_before_slow_join_ends(kit: Kit) {
    let server = kit.start().await;
    let (mut there, _) = server.join("slowdata", "1").await;
    let mut joiner = server.room("slowdata", "1").connect().await;
    server.wait_for("slowdata.joining", 2).await;
    there.say(json!("while you join")).await;
    let (id, members) = joiner.expect_snapshot().await;
    assert_eq!(members[1], json!({"id": id, "state": {"s": 1}}));
    assert_eq!(joiner.recv().await["msg"], "while you join");
}

async fn snapshot_contains_self(kit: Kit) {
    let server = kit.start().await;
    let mut first = server.room("chat", "1").connect().await;
    let (first_id, members) = first.expect_snapshot().await;
    assert_eq!(members, [json!({"id": first_id, "state": {"typing": false}})]);
    let mut second = server.room("chat", "1").connect().await;
    let (second_id, members) = second.expect_snapshot().await;
    assert_eq!(members.len(), 2);
    assert_eq!(members[1], json!({"id": second_id, "state": {"typing": false}}));
}

async fn snapshot_in_join_order(kit: Kit) {
    let server = kit.start().await;
    let (mut clients, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let (client, id) = server.join("chat", "1").await;
        clients.push(client);
        ids.push(id);
    }
    // Whoever comes again is the last.
    clients.remove(1).lose();
    server.wait_for("chat.leave", 1).await;
    let (_again, again) = server.join("chat", "1").await;
    ids.remove(1);
    ids.push(again);
    let mut last = server.room("chat", "1").connect().await;
    let roster = Roster::new(&mut last).await;
    assert_eq!(roster.ids()[..6], ids);
}

async fn others_get_join(kit: Kit) {
    let server = kit.start().await;
    let (mut first, first_id) = server.join("chat", "1").await;
    let (mut second, second_id) = server.join("chat", "1").await;
    let (_third, third_id) = server.join("chat", "1").await;
    let state = Some(json!({"typing": false}));
    first.expect_presence(&second_id, "join", state.clone()).await;
    first.expect_presence(&third_id, "join", state.clone()).await;
    first.expect_quiet(&first_id).await;
    second.expect_presence(&third_id, "join", state).await;
    second.expect_quiet(&second_id).await;
}

async fn joiner_gets_no_own_join(kit: Kit) {
    let server = kit.start().await;
    let (mut first, first_id) = server.join("chat", "1").await;
    first.expect_quiet(&first_id).await;
    let (mut second, second_id) = server.join("chat", "1").await;
    second.expect_quiet(&second_id).await;
}

async fn rejoin_gets_new_id(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let mut ids = vec![watcher_id];
    for _ in 0..3 {
        let (client, id) = server.join("chat", "1").await;
        assert!(id.parse::<ConnectionId>().is_ok(), "{id} is a UUID");
        assert_eq!(&id[14..15], "4", "{id} is random, version 4 of RFC 9562");
        assert!(!ids.contains(&id), "{id} is new");
        client.close(1000, "").await;
        watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
        watcher.expect_presence(&id, "leave", None).await;
        ids.push(id);
    }
}

async fn two_tabs_two_members(kit: Kit) {
    let server = kit.start().await;
    let tab = || server.room("chat", "1").header("x-user", "ann").header("cookie", "session=1").connect();
    let (mut first, mut second) = (tab().await, tab().await);
    let (first_id, _) = first.expect_snapshot().await;
    let (second_id, members) = second.expect_snapshot().await;
    assert_eq!(members.len(), 2);
    assert_ne!(first_id, second_id);
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    first.say(json!("in the other tab")).await;
    second.expect_said(&first_id, json!("in the other tab")).await;
    first.lose();
    second.expect_presence(&first_id, "leave", None).await;
    second.expect_quiet(&second_id).await;
}

async fn join_error_closes_1011_and_leaves(kit: Kit) {
    let server = kit.start().await;
    let mut watcher = server.room("joinboom", "1").header("x-spared", "yes").connect().await;
    let (watcher_id, _) = watcher.expect_snapshot().await;
    let mut client = server.room("joinboom", "1").connect().await;
    client.say(json!("never heard")).await;
    let (id, members) = client.expect_snapshot().await;
    assert_eq!(members, [json!({"id": watcher_id}), json!({"id": id})]);
    assert_eq!(client.expect_close().await, (1011, "internal error".to_owned()));
    client.expect_end().await;
    watcher.expect_presence(&id, "join", None).await;
    watcher.expect_presence(&id, "leave", None).await;
    watcher.say(json!("alone")).await;
    watcher.expect_said(&watcher_id, json!("alone")).await;
    server.wait_for("faultyroom.leave", 1).await;
    assert_eq!(server.story("faultyroom").await, ["join", "join", "leave"]);
    let errors = server.logged("error").await;
    assert_eq!(errors, [json!(["error", "joinboom", "open", "error", "the secret cause"])]);
}

async fn denied_is_never_seen(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, id) = server.join("chat", "1").await;
    server.room("chat", "1").header("x-deny", "guard.app").denied("forbidden").await;
    watcher.expect_quiet(&id).await;
    let (_, members) = server.room("chat", "1").connect().await.expect_snapshot().await;
    assert_eq!(members.len(), 2);
    assert_eq!(server.logged("chat.data").await.len(), 2, "nothing of the app's ran for it");
    assert_eq!(server.logged("error").await, [Value::Null; 0]);
}
