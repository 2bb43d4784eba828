//! What comes before what, and what never waits for what.

use std::time::Duration;

use irori::wire::Opcode;
use serde_json::json;

use crate::conformance::{Client, Kit, Profile, Server, case::cases};

cases! { "order":
    client_to_server_fifo,
    server_to_client_fifo,
    one_event_at_a_time,
    slow_handler_does_not_block_other_connections,
    messages_queue_behind_slow_open,
    reply_before_next_event,
    output_of_a_running_hook_goes_out,
    interleaved_text_binary_fifo,
    close_waits_for_running_event,
    a_thousand_at_once = "1000_burst_no_loss",
    two_rooms_do_not_block,
    echo_under_64_clients,
    inbox_limit_pushes_back [Stream],
    backlog_closes_1013 [Hibernation],
}

async fn client_to_server_fifo(kit: Kit) {
    let server = kit.start().await;
    let (mut client, _) = server.join("chat", "fifo").await;
    for number in 0..200 {
        client.say(json!(number)).await;
    }
    let seen = server.wait_for("chat.message", 200).await;
    let numbers: Vec<_> = seen.iter().filter_map(|entry| entry[2].as_u64()).collect();
    assert_eq!(numbers, (0..200).collect::<Vec<_>>());
}

async fn server_to_client_fifo(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    for round in 0..3 {
        client.send(&json!({"count": 300})).await;
        client.send(&json!({"say": round})).await;
    }
    for round in 0..3 {
        for number in 0..300 {
            client.expect(json!(number)).await;
        }
        client.expect(json!({"said": round})).await;
    }
}

async fn one_event_at_a_time(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    for millis in [7, 1, 3] {
        client.send(&json!({"sleep": millis})).await;
    }
    for millis in [7, 1, 3] {
        client.expect(json!({"slept": millis})).await;
    }
    client.close(1000, "").await;
    server.wait_for("script.close", 1).await;
    let story = server.story("script").await;
    assert_eq!(story, ["open", "start", "end", "start", "end", "start", "end", "close"]);
}

async fn slow_handler_does_not_block_other_connections(kit: Kit) {
    let server = kit.start().await;
    let mut slow = server.socket("script").connect().await;
    slow.send(&json!("hold")).await;
    slow.expect(json!("holding")).await;
    let mut other = server.socket("script").connect().await;
    other.send(&json!({"say": "not me"})).await;
    other.expect(json!({"said": "not me"})).await;
    other.close(1000, "").await;
    server.wait_for("script.close", 1).await;
    server.release().await;
    slow.expect(json!("held")).await;
}

async fn messages_queue_behind_slow_open(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("slowopen").connect().await;
    for number in 0..50 {
        client.send(&json!(number)).await;
    }
    client.expect(json!({"opened": true})).await;
    for number in 0..50 {
        client.expect(json!({"got": number})).await;
    }
    assert_eq!(server.story("slowopen").await[..3], ["opening", "open", "message"]);
}

async fn reply_before_next_event(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"say": "a reply"})).await;
    client.send(&json!("hold")).await;
    client.expect(json!({"said": "a reply"})).await;
    client.expect(json!("holding")).await;
    client.send(&json!({"say": "next"})).await;
    server.release().await;
    client.expect(json!("held")).await;
    client.expect(json!({"said": "next"})).await;
}

async fn output_of_a_running_hook_goes_out(kit: Kit) {
    let server = kit.start().await;
    let (mut client, id) = server.join("salvo", "r").await;
    let (mut other, other_id) = server.join("salvo", "r").await;
    client.expect_presence(&other_id, "join", Some(json!(null))).await;
    client.say(json!([{"tell": "of this hook's"}, "hold", {"tell": "and of its end"}])).await;
    client.expect_said(&id, json!("of this hook's")).await;
    other.say(json!([{"say": "of another connection's hook"}])).await;
    client.expect_said(&other_id, json!("of another connection's hook")).await;
    assert_eq!(server.logged("salvo.end").await.len(), 1, "only the other has ended");
    server.release().await;
    client.expect_said(&id, json!("and of its end")).await;
}

async fn interleaved_text_binary_fifo(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    let kind = |number| if number % 3 == 0 { Opcode::Binary } else { Opcode::Text };
    for number in 0..100 {
        client.send_frame(true, kind(number), number.to_string()).await;
    }
    for number in 0..100 {
        let back = client.recv_message().await;
        assert_eq!((back.opcode, back.payload.as_ref()), (kind(number), number.to_string().as_bytes()));
    }
}

async fn close_waits_for_running_event(kit: Kit) {
    let server = kit.start().await;
    let mut closed = server.socket("script").connect().await;
    closed.send(&json!("hold")).await;
    closed.expect(json!("holding")).await;
    closed.close(1000, "").await;
    let mut lost = server.socket("script").connect().await;
    lost.send(&json!("hold")).await;
    lost.expect(json!("holding")).await;
    lost.lose();
    server.socket("echo").connect().await.close(1000, "").await;
    server.wait_for("echo.close", 1).await;
    assert_eq!(server.story("script").await, ["open", "start", "open", "start"], "both hooks still run");
    server.release().await;
    let mut codes: Vec<_> =
        server.wait_for("script.close", 2).await.into_iter().map(|entry| entry[1].clone()).collect();
    codes.sort_by_key(ToString::to_string);
    assert_eq!(codes, [1000, 1006]);
    assert_eq!(server.logged("script.end").await.len(), 2, "and both ended first");
}

async fn a_thousand_at_once(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    for number in 0..1_000 {
        client.send_text(&number.to_string()).await;
    }
    for number in 0..1_000 {
        assert_eq!(client.recv_text().await, number.to_string());
    }
}

async fn two_rooms_do_not_block(kit: Kit) {
    let server = kit.start().await;
    let (mut slow, slow_id) = server.join("salvo", "a").await;
    let (mut beside, beside_id) = server.join("salvo", "a").await;
    let (mut elsewhere, elsewhere_id) = server.join("salvo", "b").await;
    slow.expect_presence(&beside_id, "join", Some(json!(null))).await;
    slow.say(json!(["hold", {"say": "at last"}])).await;
    server.wait_for("salvo.start", 1).await;
    elsewhere.say(json!([{"say": "another room"}])).await;
    elsewhere.expect_said(&elsewhere_id, json!("another room")).await;
    beside.say(json!([{"say": "the same room"}])).await;
    beside.expect_said(&beside_id, json!("the same room")).await;
    slow.expect_said(&beside_id, json!("the same room")).await;
    server.release().await;
    slow.expect_said(&slow_id, json!("at last")).await;
    beside.expect_said(&slow_id, json!("at last")).await;
}

async fn echo_under_64_clients(kit: Kit) {
    let server = kit.start().await;
    let mut clients = Vec::new();
    for _ in 0..64 {
        clients.push(server.dial("/echo").connect().await);
    }
    for round in 0..20 {
        for (number, client) in clients.iter_mut().enumerate() {
            client.send_text(&format!("{number}: {round}")).await;
        }
    }
    for (number, client) in clients.iter_mut().enumerate() {
        for round in 0..20 {
            assert_eq!(client.recv_text().await, format!("{number}: {round}"));
        }
    }
}

async fn inbox_limit_pushes_back(kit: Kit) {
    let server = kit.start_with(Profile::SmallInbox).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!("hold")).await;
    client.expect(json!("holding")).await;
    for number in 0..10 {
        client.send(&json!({"say": number})).await;
    }
    client.send_frame(true, Opcode::Ping, "behind them").await;
    let early = client.recv_within(Duration::from_millis(50)).await;
    assert_eq!(early, None, "what is past the inbox is not read while the hook runs");
    server.release().await;
    let mut seen = Vec::new();
    while seen.len() < 12 {
        let Some(frame) = client.recv_frame().await else { panic!("the stream ended after {seen:?}") };
        match frame.opcode {
            Opcode::Pong => seen.push(json!("pong")),
            _ => seen.push(serde_json::from_slice(&frame.payload).unwrap_or_default()),
        }
    }
    assert_eq!(seen[0], "held");
    assert!(seen.contains(&json!("pong")), "the ping is answered in the end: {seen:?}");
    let said: Vec<_> = seen.iter().filter_map(|message| message["said"].as_u64()).collect();
    assert_eq!(said, (0..10).collect::<Vec<_>>(), "and nothing is lost");
}

async fn backlog_closes_1013(kit: Kit) {
    let server = kit.start().await;
    let mut patient = hold(&server).await;
    for number in 0..1_000 {
        patient.send(&json!({"say": number})).await;
    }
    // By default 64 messages and 256 KiB wait in the inbox, and 1,024 and 1 MiB behind them.
    for (count, bytes) in [(1_100, 10), (40, 60_000)] {
        let mut client = hold(&server).await;
        for _ in 0..count {
            client.send(&json!({"say": "x".repeat(bytes)})).await;
        }
        assert_eq!(client.expect_close().await.0, 1013, "{count} messages of {bytes} bytes");
    }
    assert_eq!(server.logged("script.start").await.len(), 3, "their hooks still run");
    server.release().await;
    let told = server.wait_for("script.close", 2).await;
    assert_eq!([&told[0][1], &told[1][1]], [1013, 1013]);
    patient.expect(json!("held")).await;
    for number in 0..1_000 {
        patient.expect(json!({"said": number})).await;
    }
}

/// A client whose hook waits until the case lets it go on.
async fn hold(server: &Server) -> Client {
    let mut client = server.socket("script").connect().await;
    client.send(&json!("hold")).await;
    client.expect(json!("holding")).await;
    client
}
