use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use irori::{
    ConnectionId,
    helper::{EventSocket, Record},
    limits::MessageLimits,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport as _},
    wire::{Frame, Opcode},
};

use super::{
    lock,
    place::{End, Place},
};
use crate::{pipe::MemoryTransport, world::World};

/// Bytes that can be kept with a socket: what a Durable Object has.
pub(crate) const BUDGET: usize = 16 * 1024;

/// What the host itself takes, whatever the app's limits are.
pub(super) fn limits() -> MessageLimits {
    let mut limits = MessageLimits::default();
    limits.bytes = 32 * 1024 * 1024;
    limits.fragments = u32::MAX;
    limits
}

/// A socket. It outlives memory.
#[derive(Clone)]
pub(super) struct Socket(Arc<Inner>);

struct Inner {
    stream: Mutex<Stream>,
    kept: Mutex<String>,
}

/// The stream to the client.
struct Stream {
    /// Gone once both sides have closed, or the client has.
    transport: Option<MemoryTransport>,
    /// What the client has not taken yet: the host buffers without end.
    waiting: VecDeque<Frame>,
    /// Whether our close frame, and the client's, are out.
    closed: (bool, bool),
    /// Who listens to the client.
    listener: Waker,
}

impl Socket {
    pub(super) fn new(transport: MemoryTransport) -> Self {
        let stream = Stream {
            transport: Some(transport),
            waiting: VecDeque::new(),
            closed: (false, false),
            listener: Waker::noop().clone(),
        };
        Self(Arc::new(Inner { stream: Mutex::new(stream), kept: Mutex::default() }))
    }

    pub(super) fn kept(&self) -> String {
        lock(&self.0.kept).clone()
    }

    /// Puts `new` in the place of `old` in what is kept; says whether that was in it.
    #[cfg(feature = "conformance")]
    pub(super) fn rewrite(&self, old: &str, new: &str) -> bool {
        let mut kept = lock(&self.0.kept);
        let is_in_it = kept.contains(old);
        *kept = kept.replace(old, new);
        is_in_it
    }

    /// Whose it is, if it is somebody's still.
    pub(super) fn id(&self) -> Option<ConnectionId> {
        Record::read(&self.kept()).ok().map(|record| record.id())
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    async fn receive(&self) -> Result<Received, ReceiveError> {
        poll_fn(|cx| {
            let mut stream = lock(&self.0.stream);
            stream.listener.clone_from(cx.waker());
            // A failure to send shows in what is received.
            let _ = stream.flush();
            match &mut stream.transport {
                Some(transport) => transport.poll_recv(cx),
                None => Poll::Ready(Err(ReceiveError::Lost(None))),
            }
        })
        .await
    }

    fn write(&self, frame: Frame) -> Result<(), BoxError> {
        let mut stream = lock(&self.0.stream);
        stream.waiting.push_back(frame);
        stream.flush()
    }

    /// One side has closed. When both have, that is the end.
    fn close_side(&self, close: impl FnOnce(&mut (bool, bool))) {
        let mut stream = lock(&self.0.stream);
        close(&mut stream.closed);
        if stream.closed == (true, true) {
            stream.transport = None;
        }
    }
}

impl Stream {
    fn flush(&mut self) -> Result<(), BoxError> {
        let transport = self.transport.as_mut().ok_or("the socket is closed")?;
        match transport.poll_send(&mut Context::from_waker(&self.listener), &mut self.waiting) {
            Poll::Ready(sent) => sent,
            Poll::Pending => Ok(()),
        }
    }
}

impl EventSocket for Socket {
    fn send(&self, frame: Frame) -> Result<(), BoxError> {
        self.write(frame)
    }

    fn close(&self, frame: Frame) {
        // Whoever is gone needs no goodbye.
        let _ = self.write(frame);
        self.close_side(|(ours, _)| *ours = true);
    }

    fn keep(&self, record: String) -> Result<(), BoxError> {
        if record.len() > BUDGET {
            return Err(format!("{} bytes are too many to be kept: {BUDGET} are the most", record.len()).into());
        }
        *lock(&self.0.kept) = record;
        Ok(())
    }
}

/// The host itself: reads frames, answers pings, and calls the place for everything else.
///
/// It never waits for a hook: an event is called while another one of the same connection may still run.
pub(super) async fn listen(place: Arc<Place>, socket: Socket, world: World) {
    loop {
        match socket.receive().await {
            Ok(Received::Ping(payload)) => drop(socket.write(Frame::new(Opcode::Pong, &payload))),
            Ok(received @ (Received::Text(_) | Received::Binary(_))) => world.spawn(place.receive(&socket, received)),
            Ok(Received::Close(frame)) => {
                socket.close_side(|(_, theirs)| *theirs = true);
                return world.spawn(place.end(&socket, End::Closed(frame)));
            }
            Ok(_) => {}
            Err(error) => {
                error.close_frame().iter().for_each(|frame| socket.close(Frame::close(Some(frame))));
                lock(&socket.0.stream).transport = None;
                let why = (!matches!(error, ReceiveError::Lost(None))).then(|| error.to_string());
                return world.spawn(place.end(&socket, End::Lost(why)));
            }
        }
    }
}
