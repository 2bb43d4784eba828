use std::fmt;

use irori::wire::{CloseFrame, Frame, Message, Opcode};

/// Characters of a payload that a trace or a failed expectation shows.
const SHOWN: usize = 200;

/// What came next.
pub(super) enum Next {
    Message(Message),
    Close(Option<CloseFrame>),
    Nothing,
    Gone,
}

impl Next {
    /// What a frame is to the user of a client; pings and pongs are nothing.
    pub(super) fn read(frame: &Frame) -> Option<Self> {
        let payload = frame.payload();
        match frame.opcode() {
            Opcode::Text => Some(Self::Message(String::from_utf8_lossy(&payload).into_owned().into())),
            Opcode::Binary => Some(Self::Message(payload.into())),
            Opcode::Close => Some(Self::Close(read_close(&payload))),
            _ => None,
        }
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => write!(f, "{} came", shown(message)),
            Self::Close(Some(frame)) => write!(f, "it was closed with {} {:?}", frame.code(), frame.reason()),
            Self::Close(None) => f.write_str("it was closed without a code"),
            Self::Nothing => f.write_str("nothing came"),
            Self::Gone => f.write_str("the connection is gone"),
        }
    }
}

/// A message as a person wants to see it: the beginning of a text, the size of anything else.
pub(super) fn shown(message: &Message) -> String {
    match message {
        Message::Text(text) => shown_text(text),
        Message::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// The beginning of a text.
pub(super) fn shown_text(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text.to_owned(),
    }
}

/// The code and reason of a close frame, if it has them.
pub(crate) fn read_close(payload: &[u8]) -> Option<CloseFrame> {
    let (code, reason) = payload.split_first_chunk()?;
    CloseFrame::new(u16::from_be_bytes(*code), String::from_utf8_lossy(reason)).ok()
}
