//! What a host lets in, and how much of it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join3;
use http::{Response, StatusCode};
use irori::{App, wire::Opcode};
use serde_json::Value;

use crate::conformance::{Client, Dial, Kit, Profile, Server, case::cases};

cases! { "limit":
    max_connections [Census],
    max_per_address [Census, RemoteAddr],
    max_rooms [Census],
    max_members,
    max_members_at_once,
    max_key_length,
    header_bomb [Http],
    many_tiny_frames,
    ping_flood,
    slow_upgrade_deadline,
    rate_limit_drops_then_1008,
    deep_json_refused,
    zero_limits_rejected_at_build,
}

async fn max_connections(kit: Kit) {
    let server = kit.start_with(Profile::Crowded).await;
    let first = server.dial("/echo").connect().await;
    let _second = server.socket("script").connect().await;
    expect_full(&server.dial("/echo").refused().await);
    expect_full(&server.room("chat", "r").refused().await);
    first.close(1000, "").await;
    let_in(&server, || server.dial("/echo")).await;
}

async fn max_per_address(kit: Kit) {
    let server = kit.start_with(Profile::CrowdedAddress).await;
    let first = server.dial("/echo").connect().await;
    let _second = server.dial("/echo").connect().await;
    expect_full(&server.dial("/echo").refused().await);
    first.lose();
    let_in(&server, || server.dial("/echo")).await;
}

async fn max_rooms(kit: Kit) {
    let server = kit.start_with(Profile::FewRooms).await;
    let (first, _) = server.join("chat", "a").await;
    expect_full(&server.room("chat", "b").refused().await);
    expect_full(&server.room("lounge", "a").refused().await);
    server.dial("/echo").connect().await.close(1000, "").await;
    first.close(1000, "").await;
    let_in(&server, || server.room("chat", "b")).await.expect_snapshot().await;
}

async fn max_members(kit: Kit) {
    let server = kit.start_with(Profile::FewRooms).await;
    let (_first, _) = server.join("chat", "a").await;
    let (second, _) = server.join("chat", "a").await;
    expect_full(&server.room("chat", "a").refused().await);
    second.lose();
    let_in(&server, || server.room("chat", "a")).await.expect_snapshot().await;
}

async fn max_members_at_once(kit: Kit) {
    let server = kit.start_with(Profile::FewRooms).await;
    // All pass the door; the third finds it full when its data is there, before the 101 or behind it.
    let comes_in = async || {
        let mut client = match server.room("slowdata", "a").attempt().await {
            Ok(client) => client,
            Err(answer) => {
                expect_full(&answer);
                return None;
            }
        };
        match client.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Text => Some(client),
            Some(frame) => {
                assert_eq!((frame.opcode, &frame.payload[..2]), (Opcode::Close, &1013u16.to_be_bytes()[..]));
                None
            }
            None => panic!("the stream ended without a close frame"),
        }
    };
    let (a, b, c) = join3(comes_in(), comes_in(), comes_in()).await;
    assert_eq!([a, b, c].into_iter().flatten().count(), 2);
}

async fn max_key_length(kit: Kit) {
    let server = kit.start().await;
    server.join("chat", &"x".repeat(195)).await;
    server.room("chat", &"x".repeat(196)).denied("forbidden").await;
    server.join("chat", &"é".repeat(32)).await;
    server.room("chat", &"é".repeat(33)).denied("forbidden").await;
    server.room("chat", &"x".repeat(6_200)).denied("forbidden").await;
}

async fn header_bomb(kit: Kit) {
    let server = kit.start().await;
    let bomb = (0..200).fold(server.dial("/echo"), |dial, number| dial.header(&format!("x-{number}"), "boom"));
    assert_eq!(bomb.refused().await.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(server.logged("raw.upgrade").await, [Value::Null; 0]);
    server.dial("/echo").connect().await.close(1000, "").await;
}

async fn many_tiny_frames(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo?mode=silent").connect().await;
    for number in 0..5_000 {
        client.send_frame(true, if number % 2 == 0 { Opcode::Text } else { Opcode::Binary }, "").await;
    }
    client.send_text("close:4000:seen them all").await;
    assert_eq!(client.expect_close().await, (4000, "seen them all".to_owned()));
}

async fn ping_flood(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    for number in 0..5_000 {
        client.send_frame(true, Opcode::Ping, number.to_string()).await;
    }
    client.send_text("still there?").await;
    let (mut pongs, mut answered) = (Vec::new(), false);
    while !answered || pongs.last() != Some(&Bytes::from_static(b"4999")) {
        match client.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Pong => pongs.push(frame.payload),
            Some(frame) => answered = frame.payload == "still there?",
            None => panic!("the stream ended after {} pongs", pongs.len()),
        }
    }
    let order = |pong: &Bytes| String::from_utf8_lossy(pong).parse::<u32>().unwrap_or_default();
    assert!(pongs.is_sorted_by_key(order), "a pong may answer many pings, but only the newest");
}

async fn slow_upgrade_deadline(kit: Kit) {
    let server = kit.start_with(Profile::QuickUpgrade).await;
    let answer = server.room("slowdata", "r").refused().await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.story("slowdata").await, ["data"]);
    server.dial("/echo").connect().await.close(1000, "").await;
}

async fn rate_limit_drops_then_1008(kit: Kit) {
    let server = kit.start_with(Profile::Defaults).await;
    let mut client = server.dial("/echo").connect().await;
    for number in 0..400 {
        client.send_text(&number.to_string()).await;
    }
    let mut echoed = Vec::new();
    let code = loop {
        match client.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Close => break frame.payload[..2].to_vec(),
            Some(frame) => echoed.push(frame.payload),
            None => panic!("the stream ended without a close frame"),
        }
    };
    assert_eq!(code, 1008u16.to_be_bytes());
    assert!(echoed.len() >= 100, "the burst passes: {}", echoed.len());
    assert!(echoed.iter().zip(0..100).all(|(echo, number)| *echo == number.to_string()));
    server.wait_for("raw.close", 1).await;
    let errors = server.logged("error").await;
    assert!(errors.len() > 100, "a hundred are forgiven: {}", errors.len());
    assert!(errors.iter().all(|error| error[3] == "limit"), "and the error hook hears of each");
}

async fn deep_json_refused(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("echo").connect().await;
    client.recv().await;
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    client.send_text(&nested(30_000)).await;
    client.send_text(&nested(20)).await;
    assert_eq!(client.recv_text().await, format!("{{\"echo\":{}}}", nested(20)));
    assert_eq!(server.logged("error").await[0][3], "malformed");
}

async fn zero_limits_rejected_at_build(_: Kit) {
    let zero = App::new().limits(|limits| {
        limits.message.bytes = 0;
        limits.outbox.messages = 0;
        limits.liveness.pong_within = Duration::ZERO;
        limits.connections.total = Some(0);
    });
    let Err(error) = zero.build() else { panic!("it was built") };
    let told = error.to_string();
    for name in ["message.bytes", "outbox.messages", "liveness.pong_within", "connections.total"] {
        assert!(told.contains(name), "{name} is missing in: {told}");
    }
    assert_eq!(error.problems().len(), 4);
}

fn expect_full(answer: &Response<Bytes>) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
}

/// Connects as soon as there is a place: one that is given up becomes free a moment after its close hook.
async fn let_in(server: &Server, dial: impl Fn() -> Dial) -> Client {
    for _ in 0..1_000 {
        match dial().attempt().await {
            Ok(client) => return client,
            Err(answer) => expect_full(&answer),
        }
        server.sleep(Duration::from_millis(2)).await;
    }
    panic!("no place was given up");
}
