mod next;
mod room;

use std::{any::type_name, fmt};

use bytes::Bytes;
use http::Response;
use irori::{
    CloseCode, Message,
    wire::{CloseFrame, Frame, Opcode},
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::next::read_close;
use self::next::{Next, shown, shown_text};
pub use self::room::Snapshot;
use crate::{
    pipe::{ClientEnd, Gone},
    trace::Trace,
    world::World,
};

/// A client in memory. It answers pings and close frames as a browser does.
///
/// Receiving runs the server until something comes or nothing can move, and then fails at once, with the tail of what
/// happened. Dropping it is an abrupt loss of the connection.
#[derive(Debug)]
pub struct TestClient {
    name: String,
    head: Response<()>,
    end: ClientEnd,
    world: World,
    trace: Trace,
}

impl TestClient {
    pub(crate) fn new(name: String, head: Response<()>, end: ClientEnd, world: World, trace: Trace) -> Self {
        trace.note(&name, format_args!("is connected"));
        Self { name, head, end, world, trace }
    }

    /// The head of the 101.
    pub fn head(&self) -> &Response<()> {
        &self.head
    }

    /// The subprotocol that was picked.
    pub fn protocol(&self) -> Option<&str> {
        self.head.headers().get("sec-websocket-protocol")?.to_str().ok()
    }

    /// Sends text.
    pub fn send_text(&mut self, text: &str) {
        self.trace.note(&self.name, format_args!("sends {}", shown_text(text)));
        self.send(Opcode::Text, Bytes::copy_from_slice(text.as_bytes()));
    }

    /// Sends bytes.
    pub fn send_binary(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.trace.note(&self.name, format_args!("sends {} bytes", bytes.len()));
        self.send(Opcode::Binary, bytes);
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    ///
    /// When it cannot be written as JSON.
    #[track_caller]
    pub fn send_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_string(value) {
            Ok(text) => self.send_text(&text),
            Err(error) => self.fail(format_args!("cannot send: {error}")),
        }
    }

    /// Closes the connection with a code and a reason.
    ///
    /// # Panics
    ///
    /// When no close frame may carry the code.
    #[track_caller]
    pub fn close(&mut self, code: impl Into<CloseCode>, reason: &str) {
        match CloseFrame::new(code, reason) {
            Ok(frame) => {
                self.trace.note(&self.name, format_args!("closes with {} {:?}", frame.code(), frame.reason()));
                self.send(Opcode::Close, Frame::close(Some(&frame)).payload());
            }
            Err(error) => self.fail(format_args!("{error}")),
        }
    }

    /// Stops taking what the server sends, as a reader that never reads.
    pub fn stall(&mut self) {
        self.trace.note(&self.name, format_args!("stalls"));
        self.end.stall(true);
    }

    /// Takes what the server sends again.
    pub fn resume(&mut self) {
        self.trace.note(&self.name, format_args!("resumes"));
        self.end.stall(false);
        self.world.settle();
    }

    /// Answers nothing any more, pings included, and does not tell the server: a cable that was cut.
    pub fn vanish(&mut self) {
        self.trace.note(&self.name, format_args!("vanishes"));
        self.end.vanish();
    }

    /// The next message.
    ///
    /// # Panics
    ///
    /// When none comes before everything has come to rest, or the connection was closed.
    #[track_caller]
    pub fn recv(&mut self) -> Message {
        self.expect_message("a message")
    }

    /// The next message, read from JSON.
    ///
    /// # Panics
    ///
    /// As [`recv`](Self::recv), and when it is no `T`.
    #[track_caller]
    pub fn recv_json<T: DeserializeOwned>(&mut self) -> T {
        let message = self.expect_message("a message");
        match serde_json::from_slice(message.as_bytes()) {
            Ok(value) => value,
            Err(error) => {
                self.fail(format_args!("expected {}, but {} came: {error}", type_name::<T>(), shown(&message)))
            }
        }
    }

    /// Expects the connection to be open.
    ///
    /// # Panics
    ///
    /// When the next thing that comes is its end.
    #[track_caller]
    pub fn expect_open(&mut self) {
        self.world.settle();
        if self.end.is_ending() {
            let next = self.next();
            self.fail(format_args!("expected an open connection, but {next}"));
        }
    }

    /// Expects a close frame with this code as the next thing that comes, and gives its reason.
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing.
    #[track_caller]
    pub fn expect_close(&mut self, code: impl Into<CloseCode>) -> String {
        let code = code.into();
        match self.next() {
            Next::Close(Some(frame)) if frame.code() == code => frame.reason().to_owned(),
            other => self.fail(format_args!("expected a close with {code}, but {other}")),
        }
    }

    /// Expects that nothing comes before everything has come to rest.
    ///
    /// # Panics
    ///
    /// When something comes.
    #[track_caller]
    pub fn expect_quiet(&mut self) {
        match self.next() {
            Next::Nothing => {}
            other => self.fail(format_args!("expected nothing, but {other}")),
        }
    }

    #[track_caller]
    fn expect_message(&mut self, what: &str) -> Message {
        match self.next() {
            Next::Message(message) => message,
            other => self.fail(format_args!("expected {what}, but {other}")),
        }
    }

    fn send(&mut self, opcode: Opcode, payload: Bytes) {
        self.end.send(opcode, payload);
        self.world.settle();
    }

    fn next(&mut self) -> Next {
        self.world.settle();
        loop {
            let next = match self.end.try_recv() {
                Err(Gone) => Next::Gone,
                Ok(None) => Next::Nothing,
                Ok(Some(frame)) => match Next::read(&frame) {
                    Some(next) => next,
                    None => continue,
                },
            };
            self.trace.note(&self.name, format_args!("sees that {next}"));
            return next;
        }
    }

    #[track_caller]
    fn fail(&self, why: fmt::Arguments<'_>) -> ! {
        panic!("{}: {why}{}", self.name, self.trace)
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        self.trace.note(&self.name, format_args!("is dropped"));
    }
}
