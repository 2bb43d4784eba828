//! The seam between the loop and a stream of frames.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

pub use crate::wire::{ReceiveError, Received};
use crate::{
    rt::{BoxError, MaybeSend},
    wire::Frame,
};

/// A stream of frames: what an adapter's engine gives to [`drive`](crate::helper::drive).
///
/// ```text
///  drive                          transport
///    │ ── poll_recv ──────────────▶ │   until Pending, or until the session has enough
///    │ ◀───────────── Received ──── │
///    │ ── poll_send(batch) ───────▶ │   a whole batch becomes one write; frames taken are gone from the queue
///    │ ── poll_close ─────────────▶ │   the close frame is out: flush, shut, wait for the peer's end
/// ```
///
/// # Contract
///
/// - Messages come whole and checked: text is UTF-8 (`message::invalid_utf8_closes_1007`).
/// - The limits of `limits.message` on bytes and fragments are kept here (`message::over_limit_closes_1009`,
///   `message::too_many_fragments_closed`), and [`Received::Partial`] is said once when a message has begun
///   (`message::fragments_too_slow_closed`, `message::half_a_frame_times_out`).
/// - A ping is either answered here and handed up as [`Received::Alive`], or handed up as [`Received::Ping`] for the
///   session to answer (`message::ping_answered`).
/// - After an error or the end, `poll_recv` is not called again.
/// - `poll_close` waits for what the peer has on its way, so that a reset does not eat our close frame
///   (`lifecycle::close_waits_for_what_is_on_its_way`).
/// - `poll_send` is Ready when everything is flushed, not before (`outbox::slow_member_is_cut_not_room`).
pub trait Transport: MaybeSend + 'static {
    /// The next thing that came.
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>>;

    /// Sends all of `frames`, which may be empty, and flushes.
    fn poll_send(&mut self, cx: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>>;

    /// Closes the stream, after both close frames or in place of them.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}
