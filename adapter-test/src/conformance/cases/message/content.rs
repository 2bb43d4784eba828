//! What may be in a message.

use irori::wire::Opcode;
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Server, case::cases};

cases! { "message":
    text_round_trip,
    binary_round_trip,
    empty_text,
    empty_binary,
    unicode_4_byte,
    malformed_json_reaches_error_hook,
    malformed_json_keeps_connection,
    malformed_json_closes_1007_when_set,
    null_is_legal_on_sockets,
    binary_is_read_as_json_on_sockets,
    invalid_utf8_closes_1007 [Stream],
}

async fn text_round_trip(kit: Kit) {
    let server = kit.start().await;
    let mut raw = server.dial("/echo").connect().await;
    for text in ["hello", "with \"quotes\", a \n newline and a \0 nul"] {
        raw.send_text(text).await;
        assert_eq!(raw.recv_text().await, text);
    }
    let mut typed = typed_echo(&server).await;
    typed.send(&json!({"deep": [1, 2.5, {"er": "text"}]})).await;
    typed.expect(json!({"echo": {"deep": [1, 2.5, {"er": "text"}]}})).await;
}

async fn binary_round_trip(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    client.send_binary(bytes.clone()).await;
    let back = client.recv_message().await;
    assert_eq!((back.opcode, back.payload.as_ref()), (Opcode::Binary, bytes.as_slice()));
}

async fn empty_text(kit: Kit) {
    comes_back_empty(kit, Opcode::Text).await;
}

async fn empty_binary(kit: Kit) {
    comes_back_empty(kit, Opcode::Binary).await;
}

/// Sends a message of nothing, and one of something behind it.
async fn comes_back_empty(kit: Kit, opcode: Opcode) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    for payload in ["", "next"] {
        client.send_frame(true, opcode, payload).await;
        let back = client.recv_message().await;
        assert_eq!((back.opcode, back.payload.as_ref()), (opcode, payload.as_bytes()));
    }
}

async fn unicode_4_byte(kit: Kit) {
    let text = "🦀 𝄞 囲炉裏 👩‍👩‍👧 \u{10FFFF}";
    let server = kit.start().await;
    let mut raw = server.dial("/echo").connect().await;
    raw.send_text(text).await;
    assert_eq!(raw.recv_text().await, text);
    let mut typed = typed_echo(&server).await;
    typed.send(&json!(text)).await;
    typed.expect(json!({"echo": text})).await;
    typed.send_text(r#""\ud83e\udd80""#).await;
    typed.expect(json!({"echo": "🦀"})).await;
}

async fn malformed_json_reaches_error_hook(kit: Kit) {
    let server = kit.start().await;
    let mut echo = typed_echo(&server).await;
    echo.send_text("{\"top secret").await;
    echo.send_frame(true, Opcode::Binary, b"\xff\xfe".as_slice()).await;
    echo.send(&json!("fine")).await;
    echo.expect(json!({"echo": "fine"})).await;
    let errors = server.logged("error").await;
    assert_eq!(errors.len(), 2, "one for each: {errors:?}");
    for error in &errors {
        assert_eq!(
            error.as_array().map(|error| &error[1..4]),
            Some(&[json!("echo"), json!("message"), json!("malformed")][..])
        );
        assert!(!error.to_string().contains("secret"), "a payload has no place in a log: {error}");
    }
    assert_eq!(server.logged("echo.message").await.len(), 1, "it never reached the message hook");

    let mut script = server.socket("script").connect().await;
    script.send(&json!({"fly": "to the moon"})).await;
    let errors = server.wait_for("error", 3).await;
    assert_eq!((&errors[2][1], &errors[2][3]), (&json!("script"), &json!("malformed")), "JSON of another type is, too");
}

async fn malformed_json_keeps_connection(kit: Kit) {
    let server = kit.start().await;
    let mut client = typed_echo(&server).await;
    for broken in ["", " ", "{", "nul", "{\"a\":1}}", "[1,]", "'x'", "\u{feff}1"] {
        client.send_text(broken).await;
        client.send(&json!("still there")).await;
        client.expect(json!({"echo": "still there"})).await;
    }
}

async fn malformed_json_closes_1007_when_set(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("strict").connect().await;
    client.send(&json!("fine")).await;
    client.expect(json!({"still": "fine"})).await;
    client.send_text("{broken").await;
    assert_eq!(client.expect_close().await.0, 1007);
    client.expect_end().await;
    assert_eq!(server.wait_for("error", 1).await[0][3], "malformed");
    assert_eq!(server.wait_for("faulty.close", 1).await[0][1], 1007);
}

async fn null_is_legal_on_sockets(kit: Kit) {
    let server = kit.start().await;
    let mut client = typed_echo(&server).await;
    for value in [Value::Null, json!(true), json!(-0.5), json!(""), json!([]), json!({}), json!([null])] {
        client.send(&value).await;
        client.expect(json!({"echo": value})).await;
    }
    assert_eq!(server.logged("error").await, [Value::Null; 0]);
}

async fn binary_is_read_as_json_on_sockets(kit: Kit) {
    let server = kit.start().await;
    let mut client = typed_echo(&server).await;
    client.send_binary(r#"{"a":"é"}"#).await;
    client.expect(json!({"echo": {"a": "é"}})).await;
}

async fn invalid_utf8_closes_1007(kit: Kit) {
    let server = kit.start().await;
    let broken: [&[u8]; 5] = [b"\xff", b"cut \xf0\x9f\xa6", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"];
    for (index, bytes) in broken.into_iter().enumerate() {
        let mut client = server.dial("/echo").connect().await;
        client.send_text("before").await;
        client.send_frame(true, Opcode::Text, bytes).await;
        assert_eq!(client.recv_text().await, "before", "what came before is answered");
        assert_eq!(client.expect_close().await.0, 1007, "{bytes:x?}");
        client.expect_end().await;
        assert_eq!(server.wait_for("raw.close", index + 1).await[index][1], 1007);
    }
    assert_eq!(server.logged("error").await.len(), broken.len(), "the error hook hears of each");
}

/// A client of `echo` that has been greeted.
async fn typed_echo(server: &Server) -> Client {
    let mut client = server.socket("echo").connect().await;
    assert_eq!(client.recv().await["hello"], true);
    client
}
