//! Rooms: who is in one, what its members hear, and in which order (PROTOCOL.md, section 5).

pub(super) mod arrival;
pub(super) mod departure;
pub(super) mod frame;
pub(super) mod ghost;
pub(super) mod key;
pub(super) mod message;
