use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll},
};

use super::bell::Doorbell;
use crate::{
    rt::{BoxError, MaybeSend, MaybeSync},
    transport::{ReceiveError, Received, Transport},
    wire::{Frame, Opcode},
};

/// A socket of a host that calls by event. It, and what is kept with it, outlive the host's memory.
///
/// # Contract
///
/// - `send` never waits, and does not fail because a peer reads slowly.
/// - After `close` the host finishes the handshake by itself, and calls with nothing more than the end, if at all.
/// - What `keep` was given last is there when memory is gone (`resume::data_survives`). It may be refused when it is too
///   large, but not otherwise.
pub trait EventSocket: MaybeSend + MaybeSync + 'static {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// When the socket is dead.
    fn send(&self, frame: Frame) -> Result<(), BoxError>;

    /// Sends a close frame, or answers the peer's. Its payload is the code and the reason, or nothing.
    fn close(&self, frame: Frame);

    /// Keeps what the connection must remember, in place of what was kept before.
    ///
    /// # Errors
    ///
    /// When it is too large.
    fn keep(&self, record: String) -> Result<(), BoxError>;

    /// The app's code runs for this connection, or has stopped. For hosts where a panic takes all memory with it, and that
    /// remember whose it was: [`Residents::abandon`](crate::helper::Residents::abandon).
    fn runs(&self, runs: bool) {
        let _ = runs;
    }
}

/// A socket as a stream: what the host called with comes out of the letterbox.
pub(super) struct EventTransport<S> {
    socket: Arc<S>,
    bell: Doorbell,
    /// Whether a close frame went out, after which the host does the rest.
    closed: bool,
}

impl<S: EventSocket> EventTransport<S> {
    pub(super) fn new(socket: Arc<S>, bell: Doorbell) -> Self {
        Self { socket, bell, closed: false }
    }
}

impl<S: EventSocket> Transport for EventTransport<S> {
    fn poll_recv(&mut self, _: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        if self.closed {
            return Poll::Ready(Err(ReceiveError::Lost(None)));
        }
        self.bell.take_mail().map_or(Poll::Pending, |mail| Poll::Ready(mail.into()))
    }

    fn poll_send(&mut self, _: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        for frame in frames.drain(..) {
            match frame.opcode() {
                Opcode::Close => {
                    self.socket.close(frame);
                    self.closed = true;
                }
                _ => self.socket.send(frame)?,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
