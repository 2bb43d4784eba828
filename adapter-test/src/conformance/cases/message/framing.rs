//! How large a message may be, in how many frames it may come, and what may come between them.

use std::time::Duration;

use bytes::Bytes;
use irori::wire::{Fragment, Opcode};
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Profile, case::cases, stream::encode};

/// The default of `limits.message.bytes`.
const LIMIT: usize = 64 * 1024;

/// The default of `limits.message.fragments`.
const FRAGMENTS: usize = 1_024;

cases! { "message":
    each_length_encoding = "64k_boundary",
    at_limit_ok,
    over_limit_closes_1009,
    over_limit_in_fragments_closes_1009 [Fragments],
    fragmented_is_reassembled [Fragments],
    broken_fragmentation_closes_1002 [Stream, Fragments],
    invalid_utf8_across_fragments_closes_1007 [Stream, Fragments],
    too_many_fragments_closed [Stream, Fragments],
    fragments_too_slow_closed [Stream, Fragments],
    one_frame_in_halves_is_one_message [Bytes],
    half_a_frame_times_out [Stream, Bytes],
    ping_answered,
    oversized_control_frame_closes_1002 [Stream],
    unsolicited_pong_ignored,
}

async fn each_length_encoding(kit: Kit) {
    let server = kit.start_with(Profile::Messages(LIMIT * 2)).await;
    let mut client = server.dial("/echo").connect().await;
    for length in [125, 126, 127, 65_535, 65_536, 65_537] {
        let sent = counted(length);
        client.send_frame(true, Opcode::Binary, sent.clone()).await;
        let back = client.recv_message().await;
        assert_eq!((back.payload.len(), back.payload == sent), (length, true));
    }
}

async fn at_limit_ok(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_binary(counted(LIMIT)).await;
    assert_eq!(client.recv_message().await.payload, counted(LIMIT));
    let text = "囲".repeat(LIMIT / 3);
    client.send_text(&text).await;
    assert_eq!(client.recv_text().await, text);
}

async fn over_limit_closes_1009(kit: Kit) {
    let server = kit.start().await;
    for (index, length) in [LIMIT + 1, LIMIT * 16].into_iter().enumerate() {
        let mut client = server.dial("/echo").connect().await;
        client.send_text("before").await;
        client.send_binary(counted(length)).await;
        assert_eq!(client.recv_text().await, "before", "what came before is answered");
        assert_eq!(client.expect_close().await.0, 1009, "{length} bytes");
        client.expect_end().await;
        assert_eq!(server.wait_for("raw.close", index + 1).await[index][1], 1009);
        assert_eq!(server.logged("error").await[index][3], "transport");
    }
}

async fn over_limit_in_fragments_closes_1009(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(false, Opcode::Binary, counted(LIMIT / 2)).await;
    client.send_frame(false, Opcode::Continuation, counted(LIMIT / 2)).await;
    client.send_frame(true, Opcode::Continuation, "x").await;
    assert_eq!(client.expect_close().await.0, 1009);
    client.expect_end().await;
}

async fn fragmented_is_reassembled(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    let (head, tail) = "a crab 🦀 in two halves".as_bytes().split_at(9);
    client.send_frame(false, Opcode::Text, head).await;
    client.send_frame(true, Opcode::Ping, "between").await;
    client.send_frame(false, Opcode::Continuation, "").await;
    client.expect_pong(b"between").await;
    client.send_frame(true, Opcode::Continuation, tail).await;
    assert_eq!(client.recv_text().await, "a crab 🦀 in two halves");

    for (index, byte) in counted(1_000).chunks(1).enumerate() {
        let opcode = if index == 0 { Opcode::Binary } else { Opcode::Continuation };
        client.send_frame(index == 999, opcode, byte.to_vec()).await;
    }
    let back = client.recv_message().await;
    assert_eq!((back.opcode, back.payload), (Opcode::Binary, counted(1_000)));
}

async fn broken_fragmentation_closes_1002(kit: Kit) {
    let server = kit.start().await;
    let broken: [&[(bool, Opcode)]; 4] = [
        &[(true, Opcode::Continuation)],
        &[(false, Opcode::Text), (true, Opcode::Text)],
        &[(false, Opcode::Text), (false, Opcode::Binary)],
        &[(false, Opcode::Ping)],
    ];
    for frames in broken {
        let mut client = server.dial("/echo").connect().await;
        for (fin, opcode) in frames {
            client.send_frame(*fin, *opcode, "x").await;
        }
        assert_eq!(client.expect_close().await.0, 1002, "{frames:?}");
        client.expect_end().await;
    }
}

async fn invalid_utf8_across_fragments_closes_1007(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(false, Opcode::Text, b"\xf0\x9f".as_slice()).await;
    client.send_frame(true, Opcode::Continuation, b"\xa6!".as_slice()).await;
    assert_eq!(client.expect_close().await.0, 1007);
    client.expect_end().await;
}

async fn too_many_fragments_closed(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    send_in(&mut client, FRAGMENTS).await;
    assert_eq!(client.recv_text().await.len(), FRAGMENTS, "so many are allowed");
    send_in(&mut client, FRAGMENTS + 1).await;
    assert_eq!(client.expect_close().await.0, 1008);
    client.expect_end().await;
    assert_eq!(server.wait_for("raw.close", 1).await[0][1], 1008);
}

async fn fragments_too_slow_closed(kit: Kit) {
    let server = kit.start_with(Profile::TightMessages).await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(false, Opcode::Text, "begun").await;
    assert_eq!(client.expect_close().await.0, 4408, "and never ended");
    client.expect_end().await;

    let mut client = server.dial("/echo").connect().await;
    client.send_frame(false, Opcode::Text, "drip").await;
    for _ in 0..4 {
        server.sleep(Duration::from_millis(35)).await;
        client.send_frame(false, Opcode::Continuation, "").await;
    }
    client.send_frame(true, Opcode::Continuation, "done").await;
    assert_eq!(client.expect_close().await.0, 4408, "a trickle wins no time");
    client.expect_end().await;
}

async fn one_frame_in_halves_is_one_message(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    // The second byte is the length, or says how long that is; four bytes of mask come before the payload.
    for (length, cuts) in [(5, &[1, 2, 4, 6, 10][..]), (1_000, &[1, 3, 6, 8, 500]), (LIMIT, &[2, 9, 12, 14, 40_000])] {
        for cut in cuts {
            let mut frame = text_frame(length);
            let rest = frame.split_off(*cut);
            client.send_bytes(frame).await.unwrap();
            server.round_trip().await;
            client.send_bytes(rest).await.unwrap();
            assert_eq!(client.recv_text().await.len(), length, "cut behind {cut} bytes");
        }
    }

    let lengths = [5_000, 300, 301];
    let mut run = Bytes::from(lengths.map(text_frame).concat());
    for cut_in_first_and_last in [200, 5_300] {
        client.send_bytes(run.split_to(cut_in_first_and_last)).await.unwrap();
        server.round_trip().await;
    }
    client.send_bytes(run).await.unwrap();
    for length in lengths {
        assert_eq!(client.recv_text().await.len(), length, "three in a run, the first and the last cut");
    }
}

async fn half_a_frame_times_out(kit: Kit) {
    let server = kit.start_with(Profile::TightMessages).await;
    for cut in [1, 7, 20] {
        let mut client = server.dial("/echo").connect().await;
        let mut frame = text_frame(100);
        let rest = frame.split_off(cut);
        client.send_bytes(frame).await.unwrap();
        assert_eq!(client.recv_close().await.0, 4408, "begun with {cut} bytes, and never ended");
        client.send_bytes(rest).await.unwrap();
        client.send_close(4408, "").await;
        client.expect_end().await;
    }

    let mut client = server.dial("/echo").connect().await;
    let mut frame = text_frame(100);
    for _ in 0..4 {
        let rest = frame.split_off(10);
        client.send_bytes(frame).await.unwrap();
        frame = rest;
        server.sleep(Duration::from_millis(35)).await;
    }
    assert_eq!(client.recv_close().await.0, 4408, "a trickle wins no time");
}

async fn ping_answered(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    for payload in [&b""[..], b"are you there?", b"\x00\xff", &[b'x'; 125]] {
        client.send_frame(true, Opcode::Ping, payload.to_vec()).await;
        client.expect_pong(payload).await;
    }
    client.send(&json!("hold")).await;
    client.expect(json!("holding")).await;
    client.send_frame(true, Opcode::Ping, "busy?").await;
    client.expect_pong(b"busy?").await;
    server.release().await;
    client.expect(json!("held")).await;
}

async fn oversized_control_frame_closes_1002(kit: Kit) {
    let server = kit.start().await;
    for opcode in [Opcode::Ping, Opcode::Pong] {
        let mut client = server.dial("/echo").connect().await;
        client.send_frame(true, opcode, vec![b'x'; 126]).await;
        assert_eq!(client.expect_close().await.0, 1002);
        client.expect_end().await;
    }
}

async fn unsolicited_pong_ignored(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    client.send_frame(true, Opcode::Pong, "nobody asked").await;
    client.send_text("still there").await;
    let next = client.recv_frame().await;
    assert_eq!(next.map(|frame| frame.payload), Some(Bytes::from_static(b"still there")), "it is not answered");
    assert_eq!(server.logged("error").await, [Value::Null; 0]);
}

/// Sends a text of so many letters, each in a frame of its own.
async fn send_in(client: &mut Client, fragments: usize) {
    client.send_frame(false, Opcode::Text, "x").await;
    for _ in 2..fragments {
        client.send_frame(false, Opcode::Continuation, "x").await;
    }
    client.send_frame(true, Opcode::Continuation, "x").await;
}

/// A text of so many letters, as a client writes it.
fn text_frame(length: usize) -> Bytes {
    encode(&Fragment { fin: true, opcode: Opcode::Text, payload: "x".repeat(length).into() })
}

/// So many bytes, none like its neighbour.
fn counted(length: usize) -> Bytes {
    (0..length).map(|index| (index % 251) as u8).collect()
}
