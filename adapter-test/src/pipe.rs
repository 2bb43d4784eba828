//! A stream of frames in memory, with a server's end and a client's.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use irori::{
    limits::MessageLimits,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::{Assembler, Fragment, Frame, Opcode},
};

/// Makes the two ends.
pub(crate) fn pipe(limits: MessageLimits) -> (MemoryTransport, ClientEnd) {
    let shared = Arc::new(Mutex::new(Shared::default()));
    let server = MemoryTransport { shared: Arc::clone(&shared), assembler: Assembler::default(), limits };
    (server, ClientEnd { shared })
}

#[derive(Debug, Default)]
struct Shared {
    to_server: VecDeque<Fragment>,
    to_client: VecDeque<Frame>,
    /// Whether the client's end is gone, and the server sees it.
    client_gone: bool,
    /// Whether the server's end is gone.
    server_gone: bool,
    /// Whether the client takes what is sent to it.
    stalled: bool,
    /// Whether the client answers pings and closes, as a client's library does.
    polite: bool,
    server: Option<Waker>,
    client: Option<Waker>,
}

impl Shared {
    /// What a client's library does before its user sees a frame.
    fn answer(&mut self, frame: &Frame) {
        let reply = match frame.opcode() {
            Opcode::Ping => Opcode::Pong,
            Opcode::Close => Opcode::Close,
            _ => return,
        };
        if self.polite && !self.client_gone {
            self.to_server.push_back(Fragment { fin: true, opcode: reply, payload: frame.payload() });
        }
    }

    fn wake_server(&mut self) -> Option<Waker> {
        self.server.take()
    }
}

/// The server's end: a [`Transport`].
#[derive(Debug)]
pub(crate) struct MemoryTransport {
    shared: Arc<Mutex<Shared>>,
    assembler: Assembler,
    limits: MessageLimits,
}

impl Transport for MemoryTransport {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        let mut shared = lock(&self.shared);
        match shared.to_server.pop_front() {
            Some(fragment) => Poll::Ready(self.assembler.take(fragment, &self.limits)),
            None if shared.client_gone => Poll::Ready(Err(ReceiveError::Lost(None))),
            None => {
                shared.server = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        let mut shared = lock(&self.shared);
        if shared.client_gone {
            return Poll::Ready(Err("the client is gone".into()));
        }
        if shared.stalled && !frames.is_empty() {
            shared.server = Some(cx.waker().clone());
            return Poll::Pending;
        }
        for frame in frames.drain(..) {
            shared.answer(&frame);
            shared.to_client.push_back(frame);
        }
        let client = shared.client.take();
        drop(shared);
        client.into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        let client = {
            let mut shared = lock(&self.shared);
            shared.server_gone = true;
            shared.client.take()
        };
        client.into_iter().for_each(Waker::wake);
    }
}

/// The client's end. Dropped, it is an abrupt loss that the server notices.
#[derive(Debug)]
pub(crate) struct ClientEnd {
    shared: Arc<Mutex<Shared>>,
}

impl ClientEnd {
    /// Answers pings and closes from now on, as a client's library does.
    pub(crate) fn be_polite(&self) {
        lock(&self.shared).polite = true;
    }

    /// Sends a frame; `false` when the server is gone.
    pub(crate) fn send(&self, opcode: Opcode, payload: Bytes) -> bool {
        self.send_fragment(Fragment { fin: true, opcode, payload })
    }

    pub(crate) fn send_fragment(&self, fragment: Fragment) -> bool {
        let (server, there) = {
            let mut shared = lock(&self.shared);
            shared.to_server.push_back(fragment);
            (shared.wake_server(), !shared.server_gone)
        };
        server.into_iter().for_each(Waker::wake);
        there
    }

    /// The next frame that came, if one has; `Err` when none will any more.
    pub(crate) fn try_recv(&self) -> Result<Option<Frame>, Gone> {
        let mut shared = lock(&self.shared);
        match shared.to_client.pop_front() {
            None if shared.server_gone => Err(Gone),
            frame => Ok(frame),
        }
    }

    /// Whether the next thing that comes is the end.
    pub(crate) fn is_ending(&self) -> bool {
        let shared = lock(&self.shared);
        shared.to_client.front().map_or(shared.server_gone, |frame| frame.opcode() == Opcode::Close)
    }

    /// The next frame; `None` when none will come any more.
    pub(crate) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<Frame>> {
        match self.try_recv() {
            Ok(Some(frame)) => Poll::Ready(Some(frame)),
            Ok(None) => {
                lock(&self.shared).client = Some(cx.waker().clone());
                Poll::Pending
            }
            Err(Gone) => Poll::Ready(None),
        }
    }

    /// Stops or resumes taking what the server sends.
    pub(crate) fn stall(&self, stalled: bool) {
        let server = {
            let mut shared = lock(&self.shared);
            shared.stalled = stalled;
            shared.wake_server()
        };
        server.into_iter().for_each(Waker::wake);
    }

    /// Falls silent: nothing is answered any more, and the server is not told.
    pub(crate) fn vanish(&self) {
        lock(&self.shared).polite = false;
    }
}

impl Drop for ClientEnd {
    fn drop(&mut self) {
        let server = {
            let mut shared = lock(&self.shared);
            shared.client_gone = true;
            shared.wake_server()
        };
        server.into_iter().for_each(Waker::wake);
    }
}

/// The server's end is gone, and everything it sent was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
