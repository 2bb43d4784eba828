//! How a peer that is gone is told from one that is silent, and what else ends for taking too long.

use std::time::Duration;

use irori::wire::{Fragment, Opcode};
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Profile, case::cases};

cases! { "heartbeat":
    server_pings_when_idle [Stream],
    pong_keeps_alive [Stream],
    traffic_counts_as_alive [Stream],
    silent_peer_closed_after_bound [Stream],
    default_bounds [Stream, VirtualTime],
    half_open_detected [Stream],
    half_open_is_cut [Stream, VirtualTime],
    half_open_leave_broadcast [Stream],
    idle_timeout_closes,
    handler_deadline,
    close_handshake_deadline [Stream],
    timers_cancelled_on_close [Stream],
    pings_go_on_while_handler_runs [Stream],
}

async fn server_pings_when_idle(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut client = server.socket("script").connect().await;
    expect_ping(&mut client).await;
    let mut room = server.room("chat", "quiet").connect().await;
    room.expect_snapshot().await;
    expect_ping(&mut room).await;
}

async fn pong_keeps_alive(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut client = server.socket("script").connect().await;
    for _ in 0..6 {
        let ping = expect_ping(&mut client).await;
        client.send_frame(true, Opcode::Pong, ping.payload).await;
    }
    client.send(&json!({"say": "still here"})).await;
    client.expect(json!({"said": "still here"})).await;
}

async fn traffic_counts_as_alive(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut talker = server.dial("/echo?mode=silent").connect().await;
    let mut pinger = server.dial("/echo?mode=silent").connect().await;
    // Longer than a ping and its pong may take. Neither answers a ping.
    for _ in 0..18 {
        talker.send_text("a message").await;
        pinger.send_frame(true, Opcode::Ping, "a ping").await;
        server.sleep(Duration::from_millis(20)).await;
    }
    for client in [&mut talker, &mut pinger] {
        client.send_text("close:4000:as asked").await;
        assert_eq!(client.expect_close().await, (4000, "as asked".to_owned()));
    }
}

async fn silent_peer_closed_after_bound(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut client = server.socket("script").connect().await;
    expect_ping(&mut client).await;
    let next = client.recv_frame().await;
    assert_eq!(next.map(|frame| frame.opcode), Some(Opcode::Close), "one ping is all the warning");
    server.wait_for("script.close", 1).await;
    assert_eq!(server.logged("script.close").await[0][1], 4408);
}

async fn default_bounds(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    assert_eq!(client.recv_within(Duration::from_millis(19_900)).await, None, "25 s, less a fifth at the most");
    let ping = client.recv_within(Duration::from_millis(10_200)).await.flatten();
    assert_eq!(ping.map(|frame| frame.opcode), Some(Opcode::Ping), "25 s, and a fifth at the most");
    assert_eq!(client.recv_within(Duration::from_millis(9_900)).await, None, "10 s to answer");
    let close = client.recv_within(Duration::from_millis(200)).await.flatten();
    assert_eq!(close.map(|frame| frame.opcode), Some(Opcode::Close));
}

async fn half_open_detected(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let _silent = server.socket("script").connect().await;
    let told = server.wait_for("script.close", 1).await;
    assert_eq!(told, [json!(["script.close", 4408, "no pong", true])]);
    assert_eq!(server.story("script").await, ["open", "close"]);
}

async fn half_open_is_cut(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut silent = server.socket("script").connect().await;
    expect_ping(&mut silent).await;
    assert_eq!(silent.recv_close().await, (4408, "no pong".to_owned()));
    assert_eq!(silent.recv_within(Duration::from_millis(4_900)).await, None, "5 s to answer the close frame");
    assert_eq!(silent.recv_within(Duration::from_millis(200)).await, Some(None), "and then the stream ends");
}

async fn half_open_leave_broadcast(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let (mut there, _) = server.join("chat", "r").await;
    let (_silent, silent_id) = server.join("chat", "r").await;
    there.expect_presence(&silent_id, "join", Some(json!({"typing": false}))).await;
    there.expect_presence(&silent_id, "leave", None).await;
}

async fn idle_timeout_closes(kit: Kit) {
    let server = kit.start_with(Profile::QuickIdle).await;
    let mut client = server.socket("script").connect().await;
    for _ in 0..20 {
        client.send_frame(true, Opcode::Ping, "a ping is no message").await;
        server.sleep(Duration::from_millis(10)).await;
        if server.logged("script.close").await == [json!(["script.close", 4408, "idle", true])] {
            return;
        }
    }
    panic!("it is still open");
}

async fn handler_deadline(kit: Kit) {
    let server = kit.start_with(Profile::QuickHandler).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"sleep": 60_000})).await;
    assert_eq!(client.expect_close().await.0, 1011);
    client.expect_end().await;
    server.wait_for("script.close", 1).await;
    assert_eq!(server.story("script").await, ["open", "start", "close"], "the hook was dropped where it stood");
    assert_eq!(server.logged("error").await[0][3], "timeout");
    let mut next = server.socket("script").connect().await;
    next.send(&json!({"say": "well"})).await;
    next.expect(json!({"said": "well"})).await;
}

async fn close_handshake_deadline(kit: Kit) {
    let server = kit.start_with(Profile::QuickClose).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close": [4001, "bye"]})).await;
    assert_eq!(client.recv_close().await.0, 4001);
    assert_eq!(client.recv_frame().await, None, "who does not answer is cut");
    let mut denied = server.socket("denied").connect().await;
    assert_eq!(denied.recv_close().await.0, 4403);
    assert_eq!(denied.recv_frame().await, None, "denied or not");
    server.wait_for("script.close", 1).await;
    assert_eq!(server.logged("script.close").await, [json!(["script.close", 4001, "bye", true])]);
}

async fn timers_cancelled_on_close(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close": [4001, "bye"]})).await;
    assert_eq!(client.recv_close().await.0, 4001);
    let next = client.recv_within(Duration::from_millis(100)).await;
    assert_eq!(next, None, "no ping follows a close frame");
    client.send_close(4001, "").await;
    client.expect_end().await;

    let mut busy = server.socket("script").connect().await;
    busy.send(&json!("hold")).await;
    busy.expect(json!("holding")).await;
    busy.close(1000, "").await;
    server.sleep(Duration::from_millis(100)).await;
    server.release().await;
    let told = server.wait_for("script.close", 2).await;
    assert_eq!(told[1], json!(["script.close", 1000, "", true]), "and no timer ends what has ended");
    assert_eq!(server.logged("error").await, [Value::Null; 0]);
}

async fn pings_go_on_while_handler_runs(kit: Kit) {
    let server = kit.start_with(Profile::QuickHeartbeat).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!("hold")).await;
    client.expect(json!("holding")).await;
    for _ in 0..3 {
        let ping = expect_ping(&mut client).await;
        client.send_frame(true, Opcode::Pong, ping.payload).await;
    }
    server.release().await;
    client.expect(json!("held")).await;
}

/// Expects a ping as the next frame, and does not answer it.
async fn expect_ping(client: &mut Client) -> Fragment {
    match client.recv_frame().await {
        Some(frame) if frame.opcode == Opcode::Ping => frame,
        other => panic!("expected a ping, but {other:?} came"),
    }
}
