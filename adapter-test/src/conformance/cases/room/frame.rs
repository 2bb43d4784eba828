//! Frames that a well-behaved client never sends.

use serde_json::{Value, json};

use crate::conformance::{Kit, case::cases};

cases! { "room":
    null_frame_is_harmless,
    unknown_frame_dropped,
    from_cannot_be_spoofed,
}

async fn null_frame_is_harmless(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let (mut client, id) = server.join("chat", "1").await;
    watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
    client.send_text("null").await;
    client.expect_quiet(&id).await;
    watcher.expect_quiet(&watcher_id).await;
    assert_eq!(server.logged("chat.leave").await, [Value::Null; 0]);
}

async fn unknown_frame_dropped(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let (mut client, id) = server.join("chat", "1").await;
    watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
    let unknown = [
        "",
        "not json",
        "5",
        "true",
        "\"str\"",
        "[]",
        "{}",
        r#"{"t":"nope"}"#,
        r#"{"t":"nope","msg":1}"#,
        r#"{"t":"Msg","msg":1}"#,
        r#"{"t":"update","state":1}"#,
        r#"{"t":5,"msg":1}"#,
        r#"{"t":null,"msg":1}"#,
        r#"{"t":["msg"],"msg":1}"#,
        r#"{"t":"snapshot","self":"x","members":[]}"#,
        r#"{"msg":1}"#,
        r#"{"t":"msg","msg":1"#,
        r#"{"t":"msg","msg":1}{"t":"msg","msg":2}"#,
        r#"[{"t":"msg","msg":1}]"#,
        r#""{\"t\":\"msg\",\"msg\":1}""#,
    ];
    for frame in unknown {
        client.send_text(frame).await;
    }
    client.send_binary(&b"\xff\xfe\0"[..]).await;
    client.expect_quiet(&id).await;
    watcher.expect_quiet(&watcher_id).await;
    assert_eq!(server.logged("chat.message").await.len(), 2, "only the two that were messages");
    let errors = server.logged("error").await;
    assert_eq!(errors.len(), unknown.len() + 1, "the error hook is told of each");
    assert!(errors.iter().all(|error| error[1] == "chat" && error[3] == "malformed"), "{errors:?}");
}

async fn from_cannot_be_spoofed(kit: Kit) {
    let server = kit.start().await;
    let (mut victim, victim_id) = server.join("chat", "1").await;
    let (mut client, id) = server.join("chat", "1").await;
    victim.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
    let lie = |t: &str| json!({"from": victim_id, "self": victim_id, "id": victim_id, "t": t, "op": "leave"});
    let with = |mut frame: Value, key: &str, value: Value| {
        frame[key] = value;
        frame
    };
    client.send(&with(lie("msg"), "msg", json!({"from": victim_id}))).await;
    victim.expect_said(&id, json!({"from": victim_id})).await;
    client.send(&with(lie("presence"), "state", json!(1))).await;
    victim.expect_presence(&id, "update", Some(json!(1))).await;
    client.expect_presence(&id, "update", Some(json!(1))).await;
    // Nor in the address.
    let liar = format!("/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%221%22%7D&id={victim_id}&from={victim_id}");
    let mut liar = server.dial(liar).header("x-id", &victim_id).connect().await;
    let (liar_id, members) = liar.expect_snapshot().await;
    assert_ne!(liar_id, victim_id);
    assert_eq!(members.len(), 3);
}
