use bytes::{Bytes, BytesMut};

use super::{
    close::{CloseCode, CloseFrame},
    frame::Opcode,
    received::{ReceiveError, Received},
};
use crate::limits::MessageLimits;

/// One frame as it came, unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Whether it is the last of its message.
    pub fin: bool,
    /// What it is.
    pub opcode: Opcode,
    /// Its payload.
    pub payload: Bytes,
}

/// Puts messages together from frames, by the rules of RFC 6455, section 5.4, and within [`MessageLimits`].
///
/// For transports that see frames. Hosts that hand over whole messages have no use for it.
#[derive(Debug, Default)]
pub struct Assembler {
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    opcode: Opcode,
    payload: BytesMut,
    fragments: u32,
}

impl Assembler {
    /// Takes the next frame and gives what it completes.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when the peer broke a rule or a limit; the connection is to be closed then.
    pub fn take(&mut self, frame: Fragment, limits: &MessageLimits) -> Result<Received, ReceiveError> {
        match frame.opcode {
            Opcode::Ping | Opcode::Pong | Opcode::Close => control(&frame),
            Opcode::Text | Opcode::Binary if self.partial.is_some() => Err(ReceiveError::Protocol),
            Opcode::Text | Opcode::Binary => self.first(frame, limits),
            Opcode::Continuation => self.next(&frame, limits),
        }
    }

    fn first(&mut self, frame: Fragment, limits: &MessageLimits) -> Result<Received, ReceiveError> {
        if frame.payload.len() > limits.bytes {
            return Err(ReceiveError::TooBig);
        }
        if frame.fin {
            return whole(frame.opcode, frame.payload);
        }
        self.partial = Some(Partial { opcode: frame.opcode, payload: frame.payload.into(), fragments: 1 });
        Ok(Received::Partial)
    }

    fn next(&mut self, frame: &Fragment, limits: &MessageLimits) -> Result<Received, ReceiveError> {
        let partial = self.partial.as_mut().ok_or(ReceiveError::Protocol)?;
        partial.fragments += 1;
        if partial.fragments > limits.fragments {
            return Err(ReceiveError::TooManyFragments);
        }
        if partial.payload.len() + frame.payload.len() > limits.bytes {
            return Err(ReceiveError::TooBig);
        }
        partial.payload.extend_from_slice(&frame.payload);
        if !frame.fin {
            return Ok(Received::Alive);
        }
        match self.partial.take() {
            Some(partial) => whole(partial.opcode, partial.payload.freeze()),
            None => Err(ReceiveError::Protocol),
        }
    }
}

fn whole(opcode: Opcode, payload: Bytes) -> Result<Received, ReceiveError> {
    match opcode {
        Opcode::Text if std::str::from_utf8(&payload).is_err() => Err(ReceiveError::InvalidUtf8),
        Opcode::Text => Ok(Received::Text(payload)),
        _ => Ok(Received::Binary(payload)),
    }
}

/// Control frames are whole and small (RFC 6455, section 5.5).
fn control(frame: &Fragment) -> Result<Received, ReceiveError> {
    if !frame.fin || frame.payload.len() > 125 {
        return Err(ReceiveError::Protocol);
    }
    match frame.opcode {
        Opcode::Ping => Ok(Received::Ping(frame.payload.clone())),
        Opcode::Pong => Ok(Received::Pong),
        _ => close(&frame.payload).map(Received::Close),
    }
}

/// Reads the payload of a close frame (RFC 6455, section 5.5.1).
fn close(payload: &[u8]) -> Result<Option<CloseFrame>, ReceiveError> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(None) } else { Err(ReceiveError::Protocol) };
    };
    let reason = std::str::from_utf8(reason).map_err(|_| ReceiveError::InvalidUtf8)?;
    let code = CloseCode::from(u16::from_be_bytes(*code));
    CloseFrame::new(code, reason).map(Some).map_err(|_| ReceiveError::Protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: MessageLimits =
        MessageLimits { bytes: 8, fragments: 3, deadline: std::time::Duration::from_secs(10) };

    fn frame(fin: bool, opcode: Opcode, payload: &'static [u8]) -> Fragment {
        Fragment { fin, opcode, payload: Bytes::from_static(payload) }
    }

    /// What the frames give, the last of them.
    fn run(frames: &[Fragment]) -> Result<Received, String> {
        let mut assembler = Assembler::default();
        let mut last = Err("no frame".to_owned());
        for frame in frames {
            last = assembler.take(frame.clone(), &LIMITS).map_err(|error| error.to_string());
        }
        last
    }

    use Opcode::{Binary, Close, Continuation, Ping, Text};

    #[test]
    fn fragments_become_one_message_and_pings_may_come_between() {
        let frames = [
            frame(false, Text, b"a"),
            frame(true, Ping, b"?"),
            frame(false, Continuation, b"b"),
            frame(true, Continuation, b"c"),
        ];
        assert_eq!(run(&frames[..2]), Ok(Received::Ping(Bytes::from_static(b"?"))));
        assert_eq!(run(&frames), Ok(Received::Text(Bytes::from_static(b"abc"))));
    }

    #[test]
    fn limits_and_rules_are_told_apart() {
        let cases: [(&[Fragment], &str); 8] = [
            (&[frame(true, Binary, b"123456789")], "message too big"),
            (&[frame(false, Binary, b"12345"), frame(true, Continuation, b"6789")], "message too big"),
            (
                &[
                    frame(false, Text, b"a"),
                    frame(false, Continuation, b""),
                    frame(false, Continuation, b""),
                    frame(false, Continuation, b""),
                ],
                "too many fragments",
            ),
            (&[frame(true, Continuation, b"a")], "protocol error"),
            (&[frame(false, Text, b"a"), frame(true, Text, b"b")], "protocol error"),
            (&[frame(true, Text, b"\xff")], "invalid UTF-8"),
            (&[frame(false, Ping, b"")], "protocol error"),
            (&[frame(true, Close, b"\x03\xed")], "protocol error"),
        ];
        for (frames, expected) in cases {
            assert_eq!(run(frames), Err(expected.to_owned()), "{frames:?}");
        }
    }
}
