//! Frames as a client writes and reads them (RFC 6455, section 5.2).

use bytes::{Buf, BufMut, Bytes, BytesMut};
use irori::wire::{Fragment, Opcode};

/// Any key will do; that it is always the same makes a recording readable.
const MASK: [u8; 4] = [0x1A, 0x2B, 0x3C, 0x4D];

/// A client's frame: masked.
pub(crate) fn encode(frame: &Fragment) -> Bytes {
    let length = frame.payload.len();
    let mut out = BytesMut::with_capacity(length + 14);
    out.put_u8(u8::from(frame.fin) << 7 | frame.opcode as u8);
    match length {
        0..126 => out.put_u8(0x80 | length as u8),
        126..=0xFFFF => {
            out.put_u8(0x80 | 126);
            out.put_u16(length as u16);
        }
        _ => {
            out.put_u8(0x80 | 127);
            out.put_u64(length as u64);
        }
    }
    out.put_slice(&MASK);
    out.extend(frame.payload.iter().zip(MASK.iter().cycle()).map(|(byte, key)| byte ^ key));
    out.freeze()
}

/// A server's frame, when the buffer holds a whole one.
pub(super) fn decode(buffer: &mut BytesMut) -> Option<Fragment> {
    let (&[first, second], _) = buffer.split_first_chunk()?;
    assert_eq!(second & 0x80, 0, "a server's frames are not masked");
    let (header, length) = match second & 0x7F {
        126 => (4, u64::from(u16::from_be_bytes(*buffer.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*buffer.get(2..)?.first_chunk()?)),
        length => (2, u64::from(length)),
    };
    let length = usize::try_from(length).ok()?;
    if buffer.len() < header + length {
        return None;
    }
    buffer.advance(header);
    let payload = buffer.split_to(length).freeze();
    Some(Fragment { fin: first & 0x80 != 0, opcode: opcode(first & 0x0F), payload })
}

fn opcode(code: u8) -> Opcode {
    match code {
        0x0 => Opcode::Continuation,
        0x1 => Opcode::Text,
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xA => Opcode::Pong,
        code => panic!("the server sent the reserved opcode {code}"),
    }
}
