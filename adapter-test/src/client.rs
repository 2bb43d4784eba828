use std::fmt;

use bytes::Bytes;
use http::Response;
use irori::{
    CloseCode,
    wire::{CloseFrame, Frame, Message, Opcode},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

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
        self.send(Opcode::Text, Bytes::copy_from_slice(text.as_bytes()));
    }

    /// Sends bytes.
    pub fn send_binary(&mut self, bytes: impl Into<Bytes>) {
        self.send(Opcode::Binary, bytes.into());
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    ///
    /// When it cannot be written as JSON.
    pub fn send_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_string(value) {
            Ok(text) => self.send_text(&text),
            Err(error) => self.fail(format_args!("cannot send: {error}")),
        }
    }

    /// Sends a message to a room: the envelope around it.
    pub fn say<T: Serialize + ?Sized>(&mut self, message: &T) {
        self.send_json(&serde_json::json!({"t": "msg", "msg": self.value(message)}));
    }

    /// Shows a presence state to a room.
    pub fn show<T: Serialize + ?Sized>(&mut self, state: &T) {
        self.send_json(&serde_json::json!({"t": "presence", "state": self.value(state)}));
    }

    /// Closes the connection with a code and a reason.
    ///
    /// # Panics
    ///
    /// When no close frame may carry the code.
    pub fn close(&mut self, code: impl Into<CloseCode>, reason: &str) {
        match CloseFrame::new(code, reason) {
            Ok(frame) => self.send(Opcode::Close, Frame::close(Some(&frame)).payload()),
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
    pub fn recv(&mut self) -> Message {
        match self.next() {
            Next::Message(message) => message,
            other => self.fail(format_args!("expected a message, but {other}")),
        }
    }

    /// The next message, read from JSON.
    ///
    /// # Panics
    ///
    /// As [`recv`](Self::recv), and when it is no `T`.
    pub fn recv_json<T: DeserializeOwned>(&mut self) -> T {
        let message = self.recv();
        match serde_json::from_slice(message.as_bytes()) {
            Ok(value) => value,
            Err(error) => {
                let text = String::from_utf8_lossy(message.as_bytes()).into_owned();
                self.fail(format_args!("received {text}, which is no {}: {error}", std::any::type_name::<T>()))
            }
        }
    }

    /// The next message of a room: who sent it, and what.
    ///
    /// # Panics
    ///
    /// As [`recv_json`](Self::recv_json), and when what comes is no message.
    pub fn recv_said<T: DeserializeOwned>(&mut self) -> (String, T) {
        let frame = self.recv_json::<Value>();
        let read = || {
            let from = frame.get("from")?.as_str()?.to_owned();
            let msg = frame.get("t").filter(|t| *t == "msg").and_then(|_| frame.get("msg"))?;
            Some((from, T::deserialize(msg).ok()?))
        };
        read().unwrap_or_else(|| self.fail(format_args!("expected a message of the room, but {frame} came")))
    }

    /// Expects the connection to be open.
    ///
    /// # Panics
    ///
    /// When the next thing that comes is its end.
    pub fn expect_open(&mut self) {
        self.world.settle();
        if self.end.is_ending() {
            self.fail(format_args!("expected an open connection, but it ends"));
        }
    }

    /// Expects a close frame with this code as the next thing that comes, and gives its reason.
    ///
    /// # Panics
    ///
    /// When something else comes, or nothing.
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
    pub fn expect_quiet(&mut self) {
        match self.next() {
            Next::Nothing => {}
            other => self.fail(format_args!("expected nothing, but {other}")),
        }
    }

    fn send(&mut self, opcode: Opcode, payload: Bytes) {
        self.trace.note(&self.name, format_args!("sends {}", shown(opcode, &payload)));
        self.end.send(opcode, payload);
        self.world.settle();
    }

    fn next(&mut self) -> Next {
        self.world.settle();
        loop {
            let next = match self.end.try_recv() {
                Err(Gone) => Next::Gone,
                Ok(None) => Next::Nothing,
                Ok(Some(frame)) => match read(&frame) {
                    Some(next) => next,
                    None => continue,
                },
            };
            self.trace.note(&self.name, format_args!("sees that {next}"));
            return next;
        }
    }

    fn value<T: Serialize + ?Sized>(&self, value: &T) -> Value {
        match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => self.fail(format_args!("cannot send: {error}")),
        }
    }

    #[track_caller]
    fn fail(&self, why: fmt::Arguments<'_>) -> ! {
        panic!("{}: {why}{}", self.name, self.trace)
    }
}

/// What came next.
enum Next {
    Message(Message),
    Close(Option<CloseFrame>),
    Nothing,
    Gone,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(Message::Text(text)) => write!(f, "{} came", shown(Opcode::Text, text.as_bytes())),
            Self::Message(Message::Binary(bytes)) => write!(f, "{} came", shown(Opcode::Binary, bytes)),
            Self::Close(Some(frame)) => write!(f, "it was closed with {} {:?}", frame.code(), frame.reason()),
            Self::Close(None) => f.write_str("it was closed without a code"),
            Self::Nothing => f.write_str("nothing came"),
            Self::Gone => f.write_str("the connection is gone"),
        }
    }
}

/// What a frame is to the user of a client; pings and pongs are nothing.
fn read(frame: &Frame) -> Option<Next> {
    let payload = frame.payload();
    match frame.opcode() {
        Opcode::Text => Some(Next::Message(String::from_utf8_lossy(&payload).into_owned().into())),
        Opcode::Binary => Some(Next::Message(payload.into())),
        Opcode::Close => Some(Next::Close(read_close(&payload))),
        _ => None,
    }
}

fn read_close(payload: &[u8]) -> Option<CloseFrame> {
    let (code, reason) = payload.split_first_chunk()?;
    CloseFrame::new(u16::from_be_bytes(*code), String::from_utf8_lossy(reason)).ok()
}

fn shown(opcode: Opcode, payload: &[u8]) -> String {
    match opcode {
        Opcode::Binary => format!("{} bytes", payload.len()),
        _ => String::from_utf8_lossy(payload).chars().take(200).collect(),
    }
}
