//! The seam to what a client runs on.

use std::task::{Context, Poll};

#[doc(no_inline)]
pub use futures_util::Stream;
use futures_util::stream;
#[doc(no_inline)]
pub use irori::{
    CloseInfo, Message,
    rt::{BoxError, MaybeSend, MaybeSync, Now, Runtime, Timer},
    wire::{CloseFrame, Text},
};

pub use crate::endpoint::Request;

/// What a client runs on: a clock with timers and randomness, tasks, and a way to connect. `Native` and `Browser`
/// are there; a test has one in memory, `irori_test::Machine`.
pub trait Platform: Runtime {
    /// A connection of this platform.
    type Connection: Connection;

    /// Connects, once. The client limits the time, by dropping the future.
    ///
    /// # Errors
    ///
    /// When nobody answers, or the answer is no 101.
    fn dial(&self, request: Request) -> impl Future<Output = Result<Self::Connection, BoxError>> + MaybeSend;

    /// Starts a task.
    fn spawn(&self, task: impl Future<Output = ()> + MaybeSend + 'static);

    /// What is heard of the network, for as long as the stream is kept.
    fn network(&self) -> impl Stream<Item = Network> + MaybeSend + 'static {
        stream::pending()
    }
}

/// What a platform hears of its network. Complete: more than this no client can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// It may be back, or a machine woke up: who waits for a next try tries now.
    Back,
    /// It is gone: what is sent now would be lost.
    Gone,
}

/// A WebSocket that is open, as a client uses it. Dropped, it is cut.
///
/// # Contract
///
/// - Pings are answered, and so is a close.
/// - What is pending wakes the task, as of a future.
/// - An error of the stream is told by [`poll_recv`](Self::poll_recv), as an end with 1006, and by nothing else.
pub trait Connection: MaybeSend + 'static {
    /// The next thing that comes. After an end there is none.
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming>;

    /// Whether it takes a message now. When it does not, the task is woken once it does, or once the end is there: nobody
    /// asks again by itself.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Takes a message, after [`poll_ready`](Self::poll_ready) was. What is left before a close is given without asking.
    fn send(&mut self, text: Text);

    /// Brings what it took on its way. When it cannot, the task is woken once it can.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Begins to close. The end is told by [`poll_recv`](Self::poll_recv).
    fn close(&mut self, frame: &CloseFrame);
}

/// What comes over a connection. Complete: WebSocket has nothing else for a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// The end.
    Closed(CloseInfo),
}
