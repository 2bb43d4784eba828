//! How a connection is closed: by whom, when, and what the other side sees of it.

use std::time::Duration;

use bytes::Bytes;
use irori::wire::{Fragment, Opcode};
use serde_json::{Value, json};

use crate::conformance::{Kit, Server, case::cases, stream::encode};

cases! { "lifecycle":
    send_after_close_errs,
    close_twice_is_noop,
    close_in_open,
    close_in_message,
    close_while_open_is_slow,
    simultaneous_close,
    reason_over_123_bytes_cut_at_char,
    reserved_code_rejected,
    reserved_code_from_client_closes_1002 [Stream],
    close_frame_is_answered,
    close_waits_for_what_is_on_its_way [Stream, Bytes],
    teardown_runs_before_close [Memory],
    teardown_runs_after_panic [Memory, Unwind],
}

async fn send_after_close_errs(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close_then_send": 4001})).await;
    assert_eq!(client.expect_close().await, (4001, "no more".to_owned()));
    assert_eq!(client.recv_frame().await, None, "nothing follows a close frame");
    assert_eq!(server.logged("script.sent").await, [json!(["script.sent", {"Err": "the connection is closed"}])]);
}

async fn close_twice_is_noop(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close_twice": [4001, 4002]})).await;
    assert_eq!(client.expect_close().await, (4001, "first".to_owned()));
    assert_eq!(client.recv_frame().await, None, "one close frame is all");
    assert_eq!(server.wait_for("script.close", 1).await, [json!(["script.close", 4001, "first", true])]);
    assert_eq!(server.logged("error").await, [Value::Null; 0], "which is no failure");
}

async fn close_in_open(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").header("x-open", "close").connect().await;
    client.send(&json!({"say": "never"})).await;
    assert_eq!(client.expect_close().await, (4001, "closed in open".to_owned()));
    server.wait_for("script.close", 1).await;
    assert_eq!(server.story("script").await, ["open", "close"]);
}

async fn close_in_message(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"say": "before"})).await;
    client.send(&json!({"close": [4001, "bye"]})).await;
    client.send(&json!({"say": "after"})).await;
    client.expect(json!({"said": "before"})).await;
    assert_eq!(client.expect_close().await, (4001, "bye".to_owned()));
    assert_eq!(client.recv_frame().await, None);
    server.wait_for("script.close", 1).await;
    let story = server.story("script").await;
    assert_eq!(story, ["open", "start", "end", "start", "closed", "end", "close"]);
}

async fn close_while_open_is_slow(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("slowopen").connect().await;
    server.wait_for("slowopen.opening", 1).await;
    client.send(&json!("said before it left")).await;
    client.close(1000, "").await;
    server.wait_for("slowopen.close", 1).await;
    assert_eq!(server.story("slowopen").await, ["opening", "open", "message", "close"]);

    let lost = server.socket("slowopen").connect().await;
    server.wait_for("slowopen.opening", 2).await;
    lost.lose();
    server.wait_for("slowopen.close", 2).await;
    assert_eq!(server.story("slowopen").await[4..], ["opening", "open", "close"], "a lost one closes in order too");
}

async fn simultaneous_close(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close": [4001, "the server's"]})).await;
    server.wait_for("script.close", 1).await;
    client.send_close(4002, "the client's, before it read the server's").await;
    assert_eq!(client.recv_close().await, (4001, "the server's".to_owned()));
    assert_eq!(client.recv_frame().await, None, "no close frame is answered twice");

    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close": [4001, "the server's"]})).await;
    client.send_close(4002, "the client's, in the same moment").await;
    let (code, _) = client.recv_close().await;
    assert_eq!(client.recv_frame().await, None);
    let told = server.wait_for("script.close", 2).await;
    assert_eq!(told[0], json!(["script.close", 4001, "the server's", true]));
    assert_eq!(told[1][1], code, "the hook is told what the client saw");
    assert_eq!(told.len(), 2);
}

async fn reason_over_123_bytes_cut_at_char(kit: Kit) {
    let server = kit.start().await;
    for (letter, kept) in [("x", 123), ("é", 61), ("囲", 41), ("👋", 30)] {
        let mut client = server.socket("script").connect().await;
        client.send(&json!({"close": [4001, letter.repeat(124)]})).await;
        assert_eq!(client.expect_close().await, (4001, letter.repeat(kept)));
        client.expect_end().await;
    }
}

async fn reserved_code_rejected(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, u16::MAX] {
        client.send(&json!({"close": [code, ""]})).await;
        client.send(&json!({"say": code})).await;
        client.expect(json!({"said": code})).await;
    }
    let refused = server.logged("script.closed").await;
    assert_eq!(refused.len(), 9);
    assert!(refused.iter().all(|entry| entry[1]["Err"].is_string()), "each says so: {refused:?}");
    assert_eq!(server.logged("error").await.len(), 9, "a hook that passes it on fails, and the connection stays");
}

async fn reserved_code_from_client_closes_1002(kit: Kit) {
    let server = kit.start().await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
        let mut client = server.dial("/echo").connect().await;
        client.send_close(code, "").await;
        assert_eq!(client.recv_close().await.0, 1002, "{code} cannot be sent");
        client.expect_end().await;
    }
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Close, Bytes::from_static(&[3])).await;
    assert_eq!(client.recv_close().await.0, 1002, "half a code is none");
    client.expect_end().await;
}

async fn close_frame_is_answered(kit: Kit) {
    let server = kit.start().await;
    for code in [1000, 4321] {
        let mut client = server.dial("/echo").connect().await;
        client.send_close(code, "bye").await;
        assert_eq!(client.recv_close().await.0, code);
        let end = client.recv_within(Duration::from_secs(2)).await;
        assert_eq!(end, Some(None), "and the server ends the stream, long before its deadline does");
    }
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Close, "").await;
    assert_eq!(client.recv_close().await.0, 1005, "no code is answered with none");

    let mut busy = server.socket("script").connect().await;
    busy.send(&json!("hold")).await;
    busy.expect(json!("holding")).await;
    busy.send_close(1000, "").await;
    assert_eq!(busy.recv_close().await.0, 1000, "while a hook runs, too");
    assert_eq!(server.story("script").await, ["open", "start"]);
    server.release().await;
    server.wait_for("script.close", 1).await;
}

async fn close_waits_for_what_is_on_its_way(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    let over_limit = Fragment { fin: true, opcode: Opcode::Binary, payload: vec![0; 1 << 20].into() };
    let mut begun = encode(&over_limit);
    let rest = begun.split_off(1_000);
    client.send_bytes(begun).await.unwrap();
    assert_eq!(client.recv_close().await.0, 1009);
    for part in rest.chunks(1 << 18) {
        let taken = client.send_bytes(part.to_vec()).await;
        assert!(
            taken.is_ok(),
            "a stream that is not read to its end is reset, and may lose the close frame: {taken:?}"
        );
        server.round_trip().await;
    }
    client.lose();
    assert_eq!(server.wait_for("raw.close", 1).await[0][1], 1009);
}

async fn teardown_runs_before_close(kit: Kit) {
    let server = kit.start().await;
    server.socket("script").connect().await.close(1000, "").await;
    torn_down(&server, 1).await;
    server.socket("script").connect().await.lose();
    torn_down(&server, 2).await;

    server.join("herald", "1").await.0.lose();
    server.wait_for("herald.leave", 1).await;
    assert_eq!(server.events().await.last_chunk(), Some(&["herald.teardown", "herald.leave"].map(str::to_owned)));
}

async fn teardown_runs_after_panic(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!("panic")).await;
    client.expect_close().await;
    torn_down(&server, 1).await;
}

/// Expects the last of `count` connections to have been torn down, the last registered first, and then closed.
async fn torn_down(server: &Server, count: usize) {
    server.wait_for("script.close", count).await;
    let log = server.log().await;
    let mut backwards = log.iter().rev().filter(|entry| entry[0] != "error");
    assert_eq!(backwards.next().map(|entry| &entry[0]), Some(&json!("script.close")));
    assert_eq!(backwards.next(), Some(&json!(["script.teardown", "first"])));
    assert_eq!(backwards.next(), Some(&json!(["script.teardown", "second"])));
}
