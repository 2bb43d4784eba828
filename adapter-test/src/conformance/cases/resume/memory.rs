//! What a connection is after memory was gone: the same as before.

use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Profile, case::cases};

cases! { "resume":
    data_survives [Hibernation],
    mutable_state_survives [Hibernation],
    id_survives [Hibernation],
    subprotocol_after_wake [Hibernation],
    message_after_wake [Hibernation],
    close_after_wake [Hibernation],
    wake_by_timer [Hibernation],
    panic_elsewhere_loses_nothing [Hibernation],
}

async fn data_survives(kit: Kit) {
    let server = kit.start().await;
    let mut diary = server.socket("diary").header("x-first", "a \"first\" page").connect().await;
    let mut member = server.room("typed", "a").header("x-user", "ada").connect().await;
    let (id, _) = member.expect_snapshot().await;
    let mut line = server.keyed("line", &json!({"from": "a b", "number": "7"})).connect().await;
    let (line_id, _) = line.expect_snapshot().await;
    server.evict().await;
    assert_eq!(read(&mut diary).await["pages"], json!(["a \"first\" page"]));
    member.show(json!({"name": "eve", "level": 3})).await;
    member.expect_presence(&id, "update", Some(json!({"name": "ada", "level": 3}))).await;
    line.say(json!("still on")).await;
    line.expect_said(&line_id, json!("still on")).await;
    assert_eq!(server.logged("line.params").await.len(), 1, "it is made at the upgrade alone");
}

async fn mutable_state_survives(kit: Kit) {
    let server = kit.start().await;
    let mut one = server.socket("diary").header("x-first", "one").connect().await;
    let mut two = server.socket("diary").header("x-first", "two").connect().await;
    let mut counter = server.socket("counter").connect().await;
    for (page, count) in [("spring", 1), ("夏 🦀", 2)] {
        one.send(&json!({"write": page})).await;
        counter.send(&Value::Null).await;
        counter.expect(json!({"n": count})).await;
    }
    assert_eq!(read(&mut one).await["pages"], json!(["one", "spring", "夏 🦀"]));
    server.evict().await;
    counter.send(&Value::Null).await;
    counter.expect(json!({"n": 3})).await;
    one.send(&json!({"write": "autumn"})).await;
    assert_eq!(read(&mut one).await["pages"], json!(["one", "spring", "夏 🦀", "autumn"]));
    server.evict().await;
    assert_eq!(read(&mut one).await["pages"], json!(["one", "spring", "夏 🦀", "autumn"]), "what came later, too");
    assert_eq!(read(&mut two).await["pages"], json!(["two"]));
}

async fn id_survives(kit: Kit) {
    let server = kit.start().await;
    let (mut first, first_id) = server.join("chat", "1").await;
    let (mut second, second_id) = server.join("chat", "1").await;
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    server.evict().await;
    second.expect_quiet(&second_id).await; // what it sends to itself is from its own id
    first.say(json!("me again")).await;
    second.expect_said(&first_id, json!("me again")).await;
    first.lose();
    second.expect_presence(&first_id, "leave", None).await;
    assert_eq!(server.wait_for("chat.leave", 1).await[0][2], json!(first_id));
}

async fn subprotocol_after_wake(kit: Kit) {
    let server = kit.start().await;
    let offer = |offered| server.socket("diary").header("sec-websocket-protocol", offered);
    let mut first = offer("other, irori.v1, irori.v2").connect().await;
    let mut second = offer("irori.v2").connect().await;
    let mut none = offer("other").connect().await;
    for client in [&mut first, &mut second, &mut none] {
        let picked = client.head().headers().get("sec-websocket-protocol").cloned();
        let picked = json!(picked.as_ref().and_then(|picked| picked.to_str().ok()));
        assert_eq!(read(client).await["protocol"], picked);
    }
    server.evict().await;
    assert_eq!(read(&mut first).await["protocol"], "irori.v1");
    assert_eq!(read(&mut second).await["protocol"], "irori.v2");
    assert_eq!(read(&mut none).await["protocol"], Value::Null);
}

async fn message_after_wake(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("script").connect().await;
    let (mut member, id) = server.join("chat", "1").await;
    server.evict().await;
    for number in 0..20 {
        socket.send(&json!({"say": number})).await;
        member.say(json!({"self": number})).await;
    }
    for number in 0..20 {
        socket.expect(json!({"said": number})).await;
        member.expect_said(&id, json!({"self": number})).await;
    }
    server.evict().await;
    socket.send_binary(r#"{"say": "in bytes"}"#).await;
    socket.expect(json!({"said": "in bytes"})).await;
    assert_eq!(server.story("script").await.iter().filter(|event| *event == "open").count(), 1, "it opens once");
    assert_eq!(server.logged("chat.join").await.len(), 1);
    assert_eq!(server.logged("error").await, [Value::Null; 0]);
}

async fn close_after_wake(kit: Kit) {
    let server = kit.start().await;
    let begin = |first| server.socket("diary").header("x-first", first).connect();
    let (mut leaves, lost) = (begin("leaves").await, begin("lost").await);
    let mut closed = server.socket("script").connect().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let (member, id) = server.join("chat", "1").await;
    let (mut kicked, kicked_id) = server.join("chat", "1").await;
    server.evict().await;

    leaves.send_close(4321, "さようなら").await;
    assert_eq!(leaves.recv_close().await, (4321, "さようなら".to_owned()), "it is answered");
    lost.lose();
    let told = server.wait_for("diary.close", 2).await;
    assert!(told.contains(&json!(["diary.close", ["leaves"], 4321, "さようなら", true])), "{told:?}");
    assert!(told.contains(&json!(["diary.close", ["lost"], 1006, "", false])), "{told:?}");
    closed.send(&json!({"close": [4001, "bye"]})).await;
    assert_eq!(closed.expect_close().await, (4001, "bye".to_owned()));
    assert_eq!(server.wait_for("script.close", 1).await, [json!(["script.close", 4001, "bye", true])]);

    for joined in [&id, &kicked_id] {
        watcher.expect_presence(joined, "join", Some(json!({"typing": false}))).await;
    }
    member.close(1000, "").await;
    watcher.expect_presence(&id, "leave", None).await;
    kicked.say(json!({"kick": 4002})).await;
    watcher.expect_presence(&kicked_id, "leave", None).await;
    kicked.expect_presence(&id, "leave", None).await;
    assert_eq!(kicked.expect_close().await.0, 4002);
    server.wait_for("chat.leave", 2).await;

    server.evict().await;
    watcher.expect_quiet(&watcher_id).await;
    server.round_trip().await;
    for (event, count) in [("diary.close", 2), ("script.close", 1), ("chat.leave", 2)] {
        assert_eq!(server.logged(event).await.len(), count, "and what has ended stays so: {event}");
    }
}

async fn wake_by_timer(kit: Kit) {
    let server = kit.start_with(Profile::SlowIdle).await;
    let mut socket = server.socket("script").connect().await;
    let mut member = server.room("chat", "1").connect().await;
    member.expect_snapshot().await;
    server.evict().await;
    for client in [&mut socket, &mut member] {
        assert_eq!(client.expect_close().await, (4408, "idle".to_owned()), "though nobody calls");
    }
    assert_eq!(server.wait_for("script.close", 1).await, [json!(["script.close", 4408, "idle", true])]);
    assert_eq!(server.wait_for("chat.leave", 1).await.len(), 1);
}

/// Where a panic unwinds it ends its connection; where it aborts, it takes the memory of all with it.
async fn panic_elsewhere_loses_nothing(kit: Kit) {
    let server = kit.start().await;
    let mut diary = server.socket("diary").header("x-first", "kept").connect().await;
    diary.send(&json!({"write": "calm"})).await;
    assert_eq!(read(&mut diary).await["pages"], json!(["kept", "calm"]));
    let (mut member, id) = server.join("panicroom", "a").await;
    let (mut neighbour, _) = server.join("panicroom", "a").await;
    assert_eq!(member.recv().await["op"], "join");

    let mut socket = server.socket("script").connect().await;
    socket.send(&json!("panic")).await;
    after_panic(&mut socket, json!({"say": "anybody?"})).await;
    neighbour.say(json!("panic")).await;
    after_panic(&mut neighbour, json!({"t": "msg", "msg": "anybody?"})).await;

    assert_eq!(read(&mut diary).await["pages"], json!(["kept", "calm"]));
    member.say(json!("still here")).await;
    while member.recv().await["msg"] != "still here" {}
    let (_, members) = server.room("panicroom", "a").connect().await.expect_snapshot().await;
    assert_eq!(members[0]["id"], json!(id));
}

/// Waits until the panic has come and gone: the connection is closed, or its next message is answered.
async fn after_panic(client: &mut Client, next: Value) {
    client.send(&next).await;
    let first = client.recv_frame().await;
    assert!(first.is_some(), "the stream ended without a close frame");
}

/// What is in a diary, and the subprotocol that it speaks.
async fn read(diary: &mut Client) -> Value {
    diary.send(&json!("read")).await;
    diary.recv().await
}
