use std::time::Duration;

use futures_util::SinkExt as _;
use irori::{Events, Upgrade, error::Result, limits::Limits};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::client::{
    Client, app, assert_echo, closed, connect, echo, receive, send, serve_app, text, upgrade_head, within,
};

/// A client of an echo under these limits.
async fn client(limits: impl FnOnce(&mut Limits)) -> Client {
    let app = app().limits(limits).websocket("/echo", |_: &Upgrade| echo()).build().unwrap();
    connect(serve_app(&app).await, "/echo").await
}

/// A part of a text message, with `fin` its last.
fn part(first: bool, fin: bool, payload: &'static [u8]) -> Message {
    let opcode = if first { Data::Text } else { Data::Continue };
    Message::Frame(Frame::message(payload, OpCode::Data(opcode), fin))
}

#[tokio::test]
async fn a_thousand_messages_come_back_in_order() {
    let mut client = client(|_| {}).await;
    for n in 0..1_000 {
        client.feed(Message::text(n.to_string())).await.unwrap();
    }
    within(client.flush()).await.unwrap();
    for n in 0..1_000 {
        assert_eq!(text(&mut client).await, n.to_string());
    }
}

#[tokio::test]
async fn large_messages_go_both_ways_and_small_ones_after_them() {
    let mut client = client(|limits| limits.message.bytes = 1 << 20).await;
    let large = "irori ".repeat(170_000);
    for _ in 0..3 {
        assert_echo(&mut client, &large).await;
        assert_echo(&mut client, "small").await;
    }
}

#[tokio::test]
async fn parts_are_put_together_and_a_ping_between_them_is_answered() {
    let mut client = client(|_| {}).await;
    send(&mut client, part(true, false, b"to")).await;
    send(&mut client, Message::Ping("there?".into())).await;
    assert_eq!(receive(&mut client).await, Message::Pong("there?".into()));
    send(&mut client, part(false, false, b"ge")).await;
    send(&mut client, part(false, true, b"ther")).await;
    assert_eq!(text(&mut client).await, "together");
}

/// What an echo that allows three fragments answers to a request with these bytes right behind it.
async fn answer_to_early(bytes: &[u8], size: usize) -> Vec<u8> {
    let app = app().limits(|limits| limits.message.fragments = 3).websocket("/echo", |_: &Upgrade| echo());
    let address = serve_app(&app.build().unwrap()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[upgrade_head("/echo").as_bytes(), bytes].concat()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(within(stream.read_u8()).await.unwrap());
    }
    let mut frames = vec![0; size];
    within(stream.read_exact(&mut frames)).await.unwrap();
    frames
}

#[tokio::test]
async fn what_comes_with_the_request_is_not_lost() {
    assert_eq!(answer_to_early(b"\x81\x85\0\0\0\0early", 7).await, b"\x81\x05early");
    let fragments = b"\x01\x80\0\0\0\0\0\x80\0\0\0\0\0\x80\0\0\0\0\0\x80\0\0\0\0";
    assert_eq!(answer_to_early(fragments, 22).await, b"\x88\x14\x03\xf0too many fragments");
}

#[tokio::test]
async fn a_message_too_big_is_answered_1009_though_it_is_not_read() {
    let mut client = client(|_| {}).await;
    send(&mut client, "x".repeat(4 << 20)).await;
    assert_eq!(closed(&mut client).await, (1009, "message too big".into()));
}

#[tokio::test]
async fn parts_too_big_together_are_answered_1009() {
    let mut client = client(|limits| limits.message.bytes = 8).await;
    send(&mut client, part(true, false, b"12345")).await;
    send(&mut client, part(false, true, b"6789")).await;
    assert_eq!(closed(&mut client).await, (1009, "message too big".into()));
}

#[tokio::test]
async fn text_that_is_no_utf8_is_answered_1007() {
    let mut client = client(|_| {}).await;
    send(&mut client, part(true, true, b"\xff")).await;
    assert_eq!(closed(&mut client).await, (1007, "invalid UTF-8".into()));
}

#[tokio::test]
async fn too_many_fragments_are_answered_1008() {
    let mut client = client(|_| {}).await;
    send(&mut client, part(true, false, b"")).await;
    for _ in 1..1_025 {
        client.feed(part(false, false, b"")).await.unwrap();
    }
    within(client.flush()).await.unwrap();
    assert_eq!(closed(&mut client).await, (1008, "too many fragments".into()));
}

#[tokio::test]
async fn as_many_fragments_as_allowed_are_a_message() {
    let mut client = client(|_| {}).await;
    send(&mut client, part(true, false, b"x")).await;
    for n in 1..1_024 {
        client.feed(part(false, n == 1_023, b"x")).await.unwrap();
    }
    within(client.flush()).await.unwrap();
    assert_eq!(text(&mut client).await, "x".repeat(1_024));
}

#[tokio::test]
async fn a_message_that_never_ends_is_answered_4408() {
    let slow = |limits: &mut Limits| limits.message.deadline = Duration::from_millis(50);
    let mut half_a_frame = client(slow).await;
    half_a_frame.get_mut().write_all(b"\x81\x85\0\0\0\0he").await.unwrap();
    assert_eq!(closed(&mut half_a_frame).await, (4408, "message too slow".into()));

    let mut half_a_message = client(slow).await;
    send(&mut half_a_message, part(true, false, b"he")).await;
    assert_eq!(closed(&mut half_a_message).await, (4408, "message too slow".into()));
}

#[tokio::test]
async fn a_broken_frame_is_answered_1002() {
    let mut client = client(|_| {}).await;
    client.get_mut().write_all(b"\x81\x05hello").await.unwrap(); // not masked
    assert_eq!(closed(&mut client).await, (1002, "protocol error".into()));
}

#[tokio::test]
async fn a_reader_that_pauses_misses_nothing() {
    let app = app().limits(|limits| limits.outbox.bytes = 64 << 20).websocket("/flood", |_: &Upgrade| {
        Events::new().on_open(async |(), ws| -> Result {
            for n in 0..500_usize {
                ws.send(vec![n as u8; n * 97])?;
            }
            ws.close(4000, "that was all")?;
            Ok(())
        })
    });
    let mut client = connect(serve_app(&app.build().unwrap()).await, "/flood").await;
    for n in 0..500_usize {
        assert_eq!(receive(&mut client).await.into_data(), vec![n as u8; n * 97]);
    }
    assert_eq!(closed(&mut client).await, (4000, "that was all".into()));
}
