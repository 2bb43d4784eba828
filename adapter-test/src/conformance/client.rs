//! How cases talk to a host: verbs that read like the story.

mod dial;
mod kit;
mod outside;
mod roster;

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::Response;
use irori::wire::{Fragment, Opcode};
use serde_json::{Value, json};

pub(super) use self::{
    dial::Dial,
    kit::{Kit, Server},
    roster::Roster,
};
use super::harness::{Host, Peer, Upgraded};

/// How long something may take that is to come. In virtual time it costs nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client of a case. It answers pings, and a close frame once [`expect_close`](Self::expect_close) has seen it.
pub(crate) struct Client {
    head: Response<()>,
    peer: Box<dyn Peer>,
    host: Arc<dyn Host>,
}

impl Client {
    fn new(upgraded: Upgraded, host: Arc<dyn Host>) -> Self {
        Self { head: upgraded.head, peer: upgraded.peer, host }
    }

    /// The head of the 101.
    pub(crate) fn head(&self) -> &Response<()> {
        &self.head
    }

    /// Sends one frame. That the server may be gone already is no failure.
    pub(crate) async fn send_frame(&mut self, fin: bool, opcode: Opcode, payload: impl Into<Bytes>) {
        let _ = self.peer.send(Fragment { fin, opcode, payload: payload.into() }).await;
    }

    /// Sends bytes as they are, and says whether the server takes them.
    pub(crate) async fn send_bytes(&mut self, bytes: impl Into<Bytes>) -> io::Result<()> {
        self.peer.send_bytes(bytes.into()).await
    }

    /// Sends text.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send_frame(true, Opcode::Text, text.to_owned()).await;
    }

    /// Sends bytes.
    pub(crate) async fn send_binary(&mut self, bytes: impl Into<Bytes>) {
        self.send_frame(true, Opcode::Binary, bytes).await;
    }

    /// Sends a value as JSON.
    pub(crate) async fn send(&mut self, value: &Value) {
        self.send_text(&value.to_string()).await;
    }

    /// Sends a message to a room.
    pub(crate) async fn say(&mut self, message: Value) {
        self.send(&json!({"t": "msg", "msg": message})).await;
    }

    /// Shows a presence state to a room.
    pub(crate) async fn show(&mut self, state: Value) {
        self.send(&json!({"t": "presence", "state": state})).await;
    }

    /// Sends a close frame.
    pub(crate) async fn send_close(&mut self, code: u16, reason: &str) {
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_bytes());
        self.send_frame(true, Opcode::Close, payload).await;
    }

    /// The next frame, whatever it is; `None` at the end of the stream.
    ///
    /// # Panics
    ///
    /// When nothing comes in time.
    pub(crate) async fn recv_frame(&mut self) -> Option<Fragment> {
        match self.recv_within(PATIENCE).await {
            Some(frame) => frame,
            None => panic!("nothing came within {PATIENCE:?}"),
        }
    }

    /// The next frame that comes within `limit`: `None` when none does.
    pub(crate) async fn recv_within(&mut self, limit: Duration) -> Option<Option<Fragment>> {
        let host = Arc::clone(&self.host);
        let sleep = host.sleep(limit);
        match select(self.peer.recv(), sleep).await {
            Either::Left((frame, _)) => Some(frame),
            Either::Right(_) => None,
        }
    }

    /// The next message frame. Pings are answered on the way.
    ///
    /// # Panics
    ///
    /// When the connection is closed, or ends, or nothing comes in time.
    pub(crate) async fn recv_message(&mut self) -> Fragment {
        loop {
            let Some(frame) = self.recv_frame().await else { panic!("expected a message, but the stream ended") };
            match frame.opcode {
                Opcode::Text | Opcode::Binary => return frame,
                Opcode::Ping => self.send_frame(true, Opcode::Pong, frame.payload).await,
                Opcode::Pong | Opcode::Continuation => {}
                Opcode::Close => panic!("expected a message, but it was closed: {:?}", read_close(&frame.payload)),
            }
        }
    }

    /// The next message, as text.
    pub(crate) async fn recv_text(&mut self) -> String {
        let frame = self.recv_message().await;
        assert_eq!(frame.opcode, Opcode::Text, "the server sends text");
        match String::from_utf8(frame.payload.to_vec()) {
            Ok(text) => text,
            Err(error) => panic!("a text frame that is no UTF-8: {error}"),
        }
    }

    /// The next message, as JSON.
    pub(crate) async fn recv(&mut self) -> Value {
        let text = self.recv_text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text} is no JSON: {error}"))
    }

    /// Expects this as the next message.
    pub(crate) async fn expect(&mut self, value: Value) {
        assert_eq!(self.recv().await, value);
    }

    /// Expects the snapshot of a room as the next message; gives the own id and the members.
    pub(crate) async fn expect_snapshot(&mut self) -> (String, Vec<Value>) {
        let frame = self.recv().await;
        assert_eq!(frame["t"], "snapshot", "expected a snapshot, but {frame} came");
        let members = frame["members"].as_array().cloned().unwrap_or_default();
        (frame["self"].as_str().unwrap_or_default().to_owned(), members)
    }

    /// Expects a message of a room, from this member, as the next message.
    pub(crate) async fn expect_said(&mut self, from: &str, message: Value) {
        self.expect(json!({"from": from, "t": "msg", "msg": message})).await;
    }

    /// Expects a presence frame as the next message: `join`, `update` or `leave`.
    pub(crate) async fn expect_presence(&mut self, from: &str, op: &str, state: Option<Value>) {
        let mut frame = json!({"from": from, "t": "presence", "op": op});
        if let Some(state) = state {
            frame["state"] = state;
        }
        self.expect(frame).await;
    }

    /// Expects that nothing waits: what a member of `chat` says to itself now comes back as the next message.
    pub(crate) async fn expect_quiet(&mut self, own: &str) {
        let marker = json!({"direct": "is anything before me?"});
        self.say(marker.clone()).await;
        self.expect_said(own, marker).await;
    }

    /// Expects a pong with this payload as the next frame.
    pub(crate) async fn expect_pong(&mut self, payload: &[u8]) {
        match self.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Pong => assert_eq!(frame.payload, payload),
            other => panic!("expected a pong, but {other:?} came"),
        }
    }

    /// Expects a close frame as the next thing but pings; answers it, and gives its code and reason. 1005 is no code.
    pub(crate) async fn expect_close(&mut self) -> (u16, String) {
        let (code, reason) = self.recv_close().await;
        match code {
            1005 => self.send_frame(true, Opcode::Close, Bytes::new()).await,
            code => self.send_close(code, &reason).await,
        }
        (code, reason)
    }

    /// Expects a close frame as the next thing but pings, and does not answer it.
    pub(crate) async fn recv_close(&mut self) -> (u16, String) {
        loop {
            match self.recv_frame().await {
                Some(frame) if frame.opcode == Opcode::Close => return read_close(&frame.payload),
                Some(frame) if matches!(frame.opcode, Opcode::Ping | Opcode::Pong) => {}
                other => panic!("expected a close frame, but {other:?} came"),
            }
        }
    }

    /// Expects the end of the stream as the next thing but control frames.
    pub(crate) async fn expect_end(&mut self) {
        while let Some(frame) = self.recv_frame().await {
            assert!(!matches!(frame.opcode, Opcode::Text | Opcode::Binary), "expected the end, but {frame:?} came");
        }
    }

    /// Closes with a code and waits until the server has answered and ended the stream.
    pub(crate) async fn close(mut self, code: u16, reason: &str) {
        self.send_close(code, reason).await;
        while self.recv_frame().await.is_some() {}
    }

    /// Stops reading.
    pub(crate) async fn stall(&mut self) {
        self.peer.stall(true).await;
    }

    /// Reads again.
    pub(crate) async fn resume(&mut self) {
        self.peer.stall(false).await;
    }

    /// The frames, for who has verbs of its own.
    pub(super) fn into_peer(self) -> Box<dyn Peer> {
        self.peer
    }

    /// Is lost without a close frame.
    pub(crate) fn lose(self) {}
}

pub(super) fn read_close(payload: &[u8]) -> (u16, String) {
    match payload.split_first_chunk() {
        Some((code, reason)) => (u16::from_be_bytes(*code), String::from_utf8_lossy(reason).into_owned()),
        None => (1005, String::new()),
    }
}
