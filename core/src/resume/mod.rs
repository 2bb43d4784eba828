//! Hosts that call by event: a Durable Object, say, whose sockets outlive its memory.
//!
//! Such a host has no stream to drive. It calls for each message and each close, and between two calls everything in
//! memory may be gone; only the sockets, and some bytes kept with each, stay. So a connection is a [`Record`] there: the
//! edge of the host admits an upgrade and makes one, and wherever the socket lives [`Residents`] bring it to life, as
//! often as it takes.
//!
//! ```text
//!   edge      request ── admit ──▶ Admission ── record ──▶ Record ──┐ to the place that the room is at
//!   place     socket  ── enter(record, socket) ◀────────────────────┘
//!             message ── receive ─┐
//!             close   ── receive ─┼─▶ poll ──▶ hooks run, frames go out, the record is kept with the socket
//!             alarm   ────────────┘     └────▶ when to poll again at the latest
//!             (memory is gone)
//!             message ── resume(record, socket) for every socket that is there, receive, poll
//! ```

mod bell;
mod keeper;
mod life;
mod record;
mod residents;
mod socket;

pub(crate) use self::{
    keeper::Keep,
    record::{Ours, StoredSeat},
};
pub use self::{
    record::{Record, RecordError},
    residents::Residents,
    socket::EventSocket,
};
