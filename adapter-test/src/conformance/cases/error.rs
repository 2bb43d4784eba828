//! What goes wrong in the app's code: who is told, who is not, and what becomes of the connection.

use bytes::Bytes;
use http::StatusCode;
use irori::wire::Opcode;
use serde_json::{Value, json};

use crate::conformance::{Capability, Client, Dial, Kit, Server, case::cases};

cases! { "error":
    message_error_calls_error_hook,
    message_error_keeps_open,
    open_error_closes_1011,
    open_error_keeps_when_configured,
    panic_in_message_closes_1011 [Unwind],
    panic_in_open_poisons_nothing,
    panic_does_not_hurt_others [Unwind],
    panic_leaves_room [Unwind],
    error_hook_panic_contained [Unwind],
    close_hook_panic_contained [Unwind],
    transport_error_then_close [Stream],
    cause_never_reaches_client,
    panic_never_reaches_client [Unwind],
    data_panic_refuses_500 [Unwind],
}

const INTERNAL_ERROR: (u16, &str) = (1011, "internal error");

async fn message_error_calls_error_hook(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("msgboom").connect().await;
    socket.send(&json!("x")).await;
    let (mut member, _) = server.join("chat", "a").await;
    member.say(json!({"boom": true})).await;
    server.wait_for("error", 2).await;
    let failures = server.logged("error").await;
    assert!(failures.contains(&json!(["error", "msgboom", "message", "error", "the secret cause"])), "{failures:?}");
    assert!(
        failures.contains(&json!(["error", "chat", "message", "error", "the chat's secret cause"])),
        "{failures:?}"
    );
}

async fn message_error_keeps_open(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("msgboom").connect().await;
    for _ in 0..3 {
        socket.send(&json!("x")).await;
    }
    socket.send(&json!("ping")).await;
    socket.expect(json!({"still": "ping"})).await;
    let (mut member, id) = server.join("chat", "a").await;
    member.say(json!({"boom": true})).await;
    member.say(json!({"self": 1})).await;
    member.expect_said(&id, json!({"self": 1})).await;
    assert_eq!(server.logged("error").await.len(), 4);
}

async fn open_error_closes_1011(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("openfail").connect().await;
    assert_eq!(socket.expect_close().await, (1011, "internal error".to_owned()));
    assert_eq!(server.wait_for("faulty.close", 1).await, [json!(["faulty.close", 1011])]);
    let mut member = server.room("joinboom", "a").connect().await;
    member.expect_snapshot().await;
    assert_eq!(member.expect_close().await, (1011, "internal error".to_owned()));
    server.wait_for("faultyroom.leave", 1).await;
    let failures = server.logged("error").await;
    let failure = |unit| json!(["error", unit, "open", "error", "the secret cause"]);
    assert_eq!(failures, [failure("openfail"), failure("joinboom")]);
}

async fn open_error_keeps_when_configured(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("openboom").connect().await;
    socket.send(&json!("x")).await;
    socket.expect(json!({"still": "x"})).await;
    let failure = json!(["error", "openboom", "open", "error", "the secret cause"]);
    assert_eq!(server.logged("error").await, [failure]);
}

async fn panic_in_message_closes_1011(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("panics").connect().await;
    socket.send(&json!("x")).await;
    socket.send(&json!("y")).await;
    expect_close(&mut socket, INTERNAL_ERROR).await;
    assert_eq!(server.wait_for("faulty.close", 1).await, [json!(["faulty.close", 1011])]);
    assert_eq!(server.logged("faulty.message").await.len(), 1, "nothing of it runs any more but its close");
    assert_eq!(failures(&server).await, ["panics: panic at message"]);
    server.round_trip().await;
    assert_eq!(server.logged("faulty.close").await.len(), 1, "and that runs once");
}

/// Where a panic cannot be contained, the upgrade may be lost with it; but nothing runs again and again.
async fn panic_in_open_poisons_nothing(kit: Kit) {
    let server = kit.start().await;
    for _ in 0..3 {
        match server.socket("script").header("x-open", "panic").attempt().await {
            Ok(mut panicking) => {
                panicking.send(&json!({"say": "nobody hears it"})).await;
                assert_eq!(panicking.expect_close().await.0, INTERNAL_ERROR.0);
            }
            Err(response) => assert_eq!(response.status(), 500),
        }
        let mut bystander = server.socket("script").connect().await;
        bystander.send(&json!({"say": "still here"})).await;
        bystander.expect(json!({"said": "still here"})).await;
    }
}

async fn panic_does_not_hurt_others(kit: Kit) {
    let server = kit.start().await;
    let mut bystander = server.socket("script").connect().await;
    let mut elsewhere = server.dial("/echo").connect().await;
    let mut panicking = server.socket("script").connect().await;
    panicking.send(&json!("panic")).await;
    expect_close(&mut panicking, INTERNAL_ERROR).await;
    bystander.send(&json!({"say": "still here"})).await;
    bystander.expect(json!({"said": "still here"})).await;
    elsewhere.send_text("still here").await;
    assert_eq!(elsewhere.recv_text().await, "still here");
    let mut newcomer = server.socket("script").connect().await;
    newcomer.send(&json!({"say": "hello"})).await;
    newcomer.expect(json!({"said": "hello"})).await;
}

async fn panic_leaves_room(kit: Kit) {
    let server = kit.start().await;
    let (mut stays, stays_id) = server.join("panicroom", "a").await;
    let (mut panics, panics_id) = server.join("panicroom", "a").await;
    stays.expect_presence(&panics_id, "join", None).await;
    panics.say(json!("panic")).await;
    expect_close(&mut panics, INTERNAL_ERROR).await;
    stays.expect_presence(&panics_id, "leave", None).await;
    server.wait_for("faultyroom.leave", 1).await;
    stays.say(json!("alone")).await;
    stays.expect_said(&stays_id, json!("alone")).await;
    let (_, members) = server.room("panicroom", "a").connect().await.expect_snapshot().await;
    assert_eq!((members.len(), &members[0]["id"]), (2, &json!(stays_id)), "{members:?}");
}

async fn error_hook_panic_contained(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("hookpanic").connect().await;
    socket.send(&json!("x")).await;
    socket.send(&json!("ping")).await;
    socket.expect(json!({"still": "ping"})).await;
    socket.close(4000, "bye").await;
    assert_eq!(server.wait_for("faulty.close", 1).await, [json!(["faulty.close", 4000])]);
    assert_eq!(server.logged("error").await.len(), 1, "the failure itself was told");
}

async fn close_hook_panic_contained(kit: Kit) {
    let server = kit.start().await;
    let mut other = server.socket("closepanic").connect().await;
    let mut socket = server.socket("closepanic").connect().await;
    socket.send_close(4000, "bye").await;
    expect_close(&mut socket, (4000, "bye")).await;
    server.wait_for("error", 1).await;
    assert_eq!(failures(&server).await, ["closepanic: panic at close"]);
    assert_eq!(server.logged("faulty.close").await.len(), 1);
    other.send(&json!("x")).await;
    other.expect(json!({"still": "x"})).await;
}

async fn transport_error_then_close(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Text, Bytes::from_static(b"\xC3\x28")).await;
    client.send_text("too late").await;
    assert_eq!(client.expect_close().await.0, 1007);
    expect_transport_error(&server, 1007).await;
    if !kit.can(Capability::Fragments) {
        return;
    }
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Continuation, "of nothing").await;
    assert_eq!(client.expect_close().await.0, 1002);
    expect_transport_error(&server, 1002).await;
}

/// Every unit that fails is made to, and every byte that comes of it is looked at.
async fn cause_never_reaches_client(kit: Kit) {
    let server = kit.start().await;
    for dial in [server.socket("guardboom"), server.socket("databoom"), server.room("databoomroom", "a")] {
        expect_no_secret(&everything_refused(dial).await);
    }
    let fails = [
        (server.socket("openfail"), json!("x")),
        (server.socket("openboom"), json!("x")),
        (server.socket("msgboom"), json!("x")),
        (server.socket("script"), json!("fail")),
        (server.room("chat", "a"), in_room(json!({"boom": true}))),
        (server.room("joinboom", "a"), in_room(json!("x"))),
    ];
    expect_secrets(&server, 3, fails).await;
}

async fn panic_never_reaches_client(kit: Kit) {
    let server = kit.start().await;
    for dial in [server.socket("guardpanic"), server.socket("datapanic")] {
        expect_no_secret(&everything_refused(dial).await);
    }
    let fails = [
        (server.socket("panics"), json!("x")),
        (server.socket("hookpanic"), json!("x")),
        (server.socket("script"), json!("panic")),
        (server.room("panicroom", "a"), in_room(json!("panic"))),
    ];
    expect_secrets(&server, 2, fails).await;
    expect_no_secret(&everything_said(server.socket("closepanic").connect().await).await);
    server.wait_for("error", 2 + 4 + 1).await;
}

fn in_room(message: Value) -> Value {
    json!({"t": "msg", "msg": message})
}

/// Expects each of these to fail with a cause that its client does not see, after so many failures `before`.
async fn expect_secrets<const N: usize>(server: &Server, before: usize, fails: [(Dial, Value); N]) {
    let mut failures = before;
    for (dial, message) in fails {
        let mut client = dial.connect().await;
        client.send(&message).await;
        failures += 1;
        server.wait_for("error", failures).await;
        expect_no_secret(&everything_said(client).await);
    }
    let told = server.logged("error").await;
    let is_secret = |failure: &&Value| failure[4].as_str().is_some_and(|cause| cause.contains("secret"));
    assert_eq!(told.iter().filter(is_secret).count(), failures, "each of them had something to hide: {told:?}");
}

async fn data_panic_refuses_500(kit: Kit) {
    let server = kit.start().await;
    let answer = server.socket("datapanic").refused().await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(failures(&server).await, ["datapanic: panic at data"]);
    assert_eq!(server.events().await, ["guard.app", "guard.own", "faulty.data", "error"]);
}

async fn expect_close(client: &mut Client, (code, reason): (u16, &str)) {
    assert_eq!(client.expect_close().await, (code, reason.to_owned()));
    client.expect_end().await;
}

/// What the error hook was told: which unit, what happened, and when.
async fn failures(server: &Server) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let shown = |failure: &Value| format!("{}: {} at {}", text(&failure[1]), text(&failure[3]), text(&failure[2]));
    server.logged("error").await.iter().map(shown).collect()
}

/// Expects the log of a raw connection: the error hook, then the close hook, and no message.
async fn expect_transport_error(server: &Server, code: u16) {
    server.wait_for("raw.close", 1).await;
    assert_eq!(server.events().await[1..], ["raw.upgrade", "raw.open", "error", "raw.close"]);
    assert_eq!(failures(server).await, ["/echo: transport at transport"]);
    assert_eq!(server.logged("raw.close").await[0][1], code);
}

/// Head and body of an answer that is no 101.
async fn everything_refused(dial: Dial) -> Vec<u8> {
    let answer = dial.refused().await;
    let mut all = answer.body().to_vec();
    for (name, value) in answer.headers() {
        all.extend_from_slice(name.as_str().as_bytes());
        all.extend_from_slice(value.as_bytes());
    }
    all
}

/// All payloads that come, up to that of the close frame, which a close brings about.
async fn everything_said(mut client: Client) -> Vec<u8> {
    client.send_close(1000, "").await;
    let mut all = Vec::new();
    while let Some(frame) = client.recv_frame().await {
        all.extend_from_slice(&frame.payload);
        if frame.opcode == Opcode::Close {
            break;
        }
    }
    all
}

fn expect_no_secret(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(!text.contains("secret"), "{text}");
}
