//! What the hooks are told, and when.

use irori::wire::Opcode;
use serde_json::json;

use crate::conformance::{Kit, case::cases};

cases! { "lifecycle":
    open_before_first_message,
    open_awaited_before_message,
    frame_sent_before_open_done_is_kept,
    close_after_last_message,
    answers_before_the_answer_to_a_close,
    close_exactly_once,
    client_close_code_seen,
    client_close_reason_seen,
    server_close_code_seen,
    server_close_reason_seen,
    abrupt_loss_is_1006,
    no_event_after_close,
}

async fn open_before_first_message(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("echo").connect().await;
    client.send(&json!("early")).await;
    assert_eq!(client.recv().await["hello"], true);
    client.expect(json!({"echo": "early"})).await;
    assert_eq!(server.story("echo").await, ["data", "open", "message"]);
}

async fn open_awaited_before_message(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("slowopen").connect().await;
    server.wait_for("slowopen.opening", 1).await;
    client.send(&json!("early")).await;
    client.expect(json!({"opened": true})).await;
    client.expect(json!({"got": "early"})).await;
    assert_eq!(server.story("slowopen").await, ["opening", "open", "message"]);
}

async fn frame_sent_before_open_done_is_kept(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("slowopen").connect().await;
    client.send(&json!("right behind the 101")).await;
    client.send_binary("2").await;
    server.wait_for("slowopen.opening", 1).await;
    client.send(&json!(3)).await;
    client.expect(json!({"opened": true})).await;
    client.expect(json!({"got": "right behind the 101"})).await;
    client.expect(json!({"got": 2})).await;
    client.expect(json!({"got": 3})).await;
}

async fn close_after_last_message(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"sleep": 5})).await;
    client.send(&json!({"say": "a"})).await;
    client.send(&json!({"say": "b"})).await;
    client.close(1000, "").await;
    server.wait_for("script.close", 1).await;
    let story = server.story("script").await;
    assert_eq!(story, ["open", "start", "end", "start", "end", "start", "end", "close"]);
}

async fn answers_before_the_answer_to_a_close(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    for number in 0..20 {
        client.send_text(&number.to_string()).await;
    }
    client.send_close(1000, "").await;
    for number in 0..20 {
        assert_eq!(client.recv_text().await, number.to_string());
    }
    assert_eq!(client.recv_close().await.0, 1000);
    client.expect_end().await;
}

async fn close_exactly_once(kit: Kit) {
    let server = kit.start().await;
    server.socket("script").connect().await.close(1000, "by the client").await;
    server.socket("script").connect().await.lose();

    let mut closed = server.socket("script").connect().await;
    closed.send(&json!({"close": [4001, "by the server"]})).await;
    closed.expect_close().await;
    closed.expect_end().await;

    let mut lost = server.socket("script").connect().await;
    lost.send(&json!({"close": [4001, "and then lost"]})).await;
    lost.recv_close().await;
    lost.lose();

    server.wait_for("script.close", 4).await;
    server.round_trip().await;
    assert_eq!(server.logged("script.close").await.len(), 4);
}

async fn client_close_code_seen(kit: Kit) {
    let server = kit.start().await;
    let codes = [1000, 1001, 1011, 1013, 3000, 4999];
    for (index, code) in codes.into_iter().enumerate() {
        server.dial("/echo").connect().await.close(code, "").await;
        server.socket("script").connect().await.close(code, "").await;
        assert_eq!(server.wait_for("raw.close", index + 1).await[index], json!(["raw.close", code, "", true]));
        assert_eq!(server.wait_for("script.close", index + 1).await[index], json!(["script.close", code, "", true]));
    }
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Close, "").await;
    let seen = server.wait_for("raw.close", codes.len() + 1).await;
    assert_eq!(seen[codes.len()], json!(["raw.close", 1005, "", true]), "a close frame without a code");
}

async fn client_close_reason_seen(kit: Kit) {
    let server = kit.start().await;
    let longest = "x".repeat(123);
    for (index, reason) in ["done", "さようなら 👋", &longest].into_iter().enumerate() {
        server.dial("/echo").connect().await.close(4000, reason).await;
        let seen = server.wait_for("raw.close", index + 1).await;
        assert_eq!(seen[index], json!(["raw.close", 4000, reason, true]));
    }
}

async fn server_close_code_seen(kit: Kit) {
    let server = kit.start().await;
    for (index, code) in [1000, 1001, 1008, 3000, 4999].into_iter().enumerate() {
        let mut client = server.socket("script").connect().await;
        client.send(&json!({"close": [code, ""]})).await;
        assert_eq!(client.expect_close().await, (code, String::new()));
        client.expect_end().await;
        let told = server.wait_for("script.close", index + 1).await;
        assert_eq!(told[index], json!(["script.close", code, "", true]), "its own hook is told as well");
    }
}

async fn server_close_reason_seen(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_text("close:4321:さようなら 👋").await;
    assert_eq!(client.expect_close().await, (4321, "さようなら 👋".to_owned()));
    client.expect_end().await;
    let told = server.wait_for("raw.close", 1).await;
    assert_eq!(told[0], json!(["raw.close", 4321, "さようなら 👋", true]));
}

async fn abrupt_loss_is_1006(kit: Kit) {
    let server = kit.start().await;
    server.socket("script").connect().await.lose();
    assert_eq!(server.wait_for("script.close", 1).await[0], json!(["script.close", 1006, "", false]));
    let mut busy = server.socket("script").connect().await;
    busy.send(&json!({"count": 100})).await;
    busy.expect(json!(0)).await;
    busy.lose();
    let told = server.wait_for("script.close", 2).await;
    assert_eq!(told[1], json!(["script.close", 1006, "", false]), "with unread answers on the way");
}

async fn no_event_after_close(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"close": [4001, "bye"]})).await;
    server.wait_for("script.close", 1).await;
    client.send(&json!({"say": "after the server's close"})).await;
    client.expect_close().await;
    client.expect_end().await;
    assert_eq!(server.story("script").await, ["open", "start", "closed", "end", "close"]);

    let mut client = server.dial("/echo").connect().await;
    client.send_close(1000, "").await;
    client.send_text("after the client's own close").await;
    client.recv_close().await;
    client.expect_end().await;
}
