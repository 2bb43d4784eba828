use bytes::{BufMut, Bytes, BytesMut};

use super::{close::CloseFrame, message::Message};

/// The longest header of a server's frame: two bytes and a 64-bit length (RFC 6455, section 5.2).
const HEADER_BYTES: usize = 10;

/// One outgoing frame, encoded once: its header and payload in one shared buffer.
///
/// A server's frames are not masked, so the same bytes go to every receiver. A transport that speaks RFC 6455 by itself
/// writes [`as_bytes`](Self::as_bytes); one that hands frames to a library takes [`opcode`](Self::opcode) and
/// [`payload`](Self::payload). Either way nothing is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

/// What a frame is (RFC 6455, section 5.2). Complete: the other codes are reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// A further part of a message.
    Continuation = 0x0,
    /// Text, or its first part.
    Text = 0x1,
    /// Bytes, or their first part.
    Binary = 0x2,
    /// The end.
    Close = 0x8,
    /// A question whether the peer is there.
    Ping = 0x9,
    /// Its answer.
    Pong = 0xA,
}

impl Frame {
    /// A frame of `opcode` around a payload that was written before: one copy.
    pub fn new(opcode: Opcode, payload: &[u8]) -> Self {
        Self::build(opcode, payload.len(), |buffer| buffer.extend_from_slice(payload))
    }

    /// A message as a frame.
    pub fn message(message: &Message) -> Self {
        match message {
            Message::Text(text) => Self::new(Opcode::Text, text.as_bytes()),
            Message::Binary(bytes) => Self::new(Opcode::Binary, bytes),
        }
    }

    /// A close frame; without a code when there is none to answer with.
    pub fn close(frame: Option<&CloseFrame>) -> Self {
        let Some(frame) = frame else {
            return Self::new(Opcode::Close, &[]);
        };
        Self::build(Opcode::Close, 2 + frame.reason().len(), |buffer| {
            buffer.put_u16(frame.code().as_u16());
            buffer.extend_from_slice(frame.reason().as_bytes());
        })
    }

    /// A text frame whose payload, of perhaps `expected` bytes, is written straight behind the header.
    ///
    /// # Errors
    ///
    /// Whatever `write` fails with; nothing is left behind then.
    pub(crate) fn text<E>(expected: usize, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Self, E> {
        let mut buffer = Vec::with_capacity(HEADER_BYTES + expected);
        buffer.resize(HEADER_BYTES, 0);
        write(&mut buffer)?;
        let (header, size) = header(Opcode::Text, buffer.len() - HEADER_BYTES);
        let start = HEADER_BYTES - size;
        buffer[start..HEADER_BYTES].copy_from_slice(&header[..size]);
        Ok(Self(Bytes::from(buffer).slice(start..)))
    }

    /// What kind of frame it is.
    pub fn opcode(&self) -> Opcode {
        match self.0[0] & 0x0F {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            _ => Opcode::Pong,
        }
    }

    /// Header and payload, as they go over the wire.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// The payload alone, sharing the frame's buffer.
    pub fn payload(&self) -> Bytes {
        let header = match self.0[1] {
            127 => 10,
            126 => 4,
            _ => 2,
        };
        self.0.slice(header..)
    }

    /// Its size on the wire, in bytes.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    fn build(opcode: Opcode, payload: usize, write: impl FnOnce(&mut BytesMut)) -> Self {
        let (header, size) = header(opcode, payload);
        let mut buffer = BytesMut::with_capacity(size + payload);
        buffer.extend_from_slice(&header[..size]);
        write(&mut buffer);
        Self(buffer.freeze())
    }
}

/// The header of an unmasked, final frame, and how many of its bytes count.
fn header(opcode: Opcode, payload: usize) -> ([u8; HEADER_BYTES], usize) {
    let mut header = [0; HEADER_BYTES];
    header[0] = 0x80 | opcode as u8;
    if payload < 126 {
        header[1] = payload as u8;
        (header, 2)
    } else if let Ok(short) = u16::try_from(payload) {
        header[1] = 126;
        header[2..4].copy_from_slice(&short.to_be_bytes());
        (header, 4)
    } else {
        header[1] = 127;
        header[2..].copy_from_slice(&(payload as u64).to_be_bytes());
        (header, 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_the_three_sizes_of_the_rfc() {
        for (payload, expected) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 0xFF, 0xFF]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let body = vec![b'x'; payload];
            let copied = Frame::new(Opcode::Text, &body);
            assert_eq!(copied.as_bytes()[..expected.len()], expected[..], "{payload}");
            assert_eq!(copied.payload(), body);

            let written = Frame::text(payload, |buffer| {
                buffer.extend_from_slice(&body);
                Ok::<(), ()>(())
            });
            assert_eq!(written, Ok(copied), "written in place as it is copied");
        }
    }

    #[test]
    fn a_close_frame_carries_code_and_reason() {
        let frame = CloseFrame::new(4403, "forbidden").unwrap();
        assert_eq!(&Frame::close(Some(&frame)).payload()[..], b"\x11\x33forbidden");
        assert!(Frame::close(None).payload().is_empty());
    }
}
