//! Bytes: frames, messages, close codes and the envelopes of a room. No I/O and no state beyond a message being put
//! together.

mod absent;
mod assembler;
mod close;
mod envelope;
mod frame;
pub mod member;
mod message;
mod received;

pub use self::{
    absent::Maybe,
    assembler::{Assembler, Fragment},
    close::{CloseCode, CloseFrame, CloseInfo, InvalidCloseCode},
    frame::{Frame, Opcode},
    message::{Message, Text},
    received::{ReceiveError, Received},
};
pub(crate) use self::{
    absent::write_present,
    envelope::{Command, MemberView, join, leave, message, nil_message, parse, snapshot, update},
};
