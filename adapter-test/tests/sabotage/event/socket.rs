use std::{
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker, ready},
};

use irori::{
    ConnectionId,
    helper::{EventSocket, Record},
    limits::MessageLimits,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport as _},
    wire::{CloseFrame, Frame, Opcode},
};

use super::{lock, place::Place, seams::Seams};
use crate::stream::Stream;

/// What a socket calls its place with.
#[derive(Debug)]
pub(crate) enum Event {
    Message(Received),
    /// The peer has closed.
    Close(Option<CloseFrame>),
    Lost(Option<String>),
}

/// What is kept with the sockets of a host, by their numbers.
#[derive(Clone, Default)]
pub(super) struct Store(Arc<Mutex<BTreeMap<usize, String>>>);

/// A socket. It outlives memory.
#[derive(Clone)]
pub(super) struct Socket {
    number: usize,
    store: Store,
    seams: Seams,
    outgoing: Arc<Mutex<Outgoing>>,
}

#[derive(Default)]
struct Outgoing {
    frames: VecDeque<Frame>,
    /// Whether our close frame is among them, or out.
    is_closed: bool,
    /// Who attends to the socket.
    attendant: Option<Waker>,
}

impl Socket {
    pub(super) fn new(store: &Store, seams: Seams) -> Self {
        let mut kept = lock(&store.0);
        let number = kept.len();
        kept.insert(number, String::new());
        Self { number, store: store.clone(), seams, outgoing: Arc::default() }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.number == other.number
    }

    pub(super) fn kept(&self) -> String {
        (self.seams.read)(self.stored())
    }

    /// Whose it is, if it is somebody's.
    pub(super) fn id(&self) -> Option<ConnectionId> {
        Record::read(&self.kept()).ok().map(|record| record.id())
    }

    /// Puts `new` in the place of `old` in what is kept; says whether that was in it.
    pub(super) fn rewrite(&self, old: &str, new: &str) -> bool {
        let kept = self.stored();
        lock(&self.store.0).insert(self.number, kept.replace(old, new));
        kept.contains(old)
    }

    fn stored(&self) -> String {
        lock(&self.store.0).get(&self.number).cloned().unwrap_or_default()
    }

    fn push(&self, frame: Frame) {
        let attendant = {
            let mut outgoing = lock(&self.outgoing);
            outgoing.is_closed |= frame.opcode() == Opcode::Close;
            outgoing.frames.push_back(frame);
            outgoing.attendant.take()
        };
        attendant.into_iter().for_each(Waker::wake);
    }

    /// Sends what waits; ready once the close frame is out.
    fn poll_send(&self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let mut outgoing = lock(&self.outgoing);
        outgoing.attendant = Some(cx.waker().clone());
        ready!(stream.poll_send(cx, &mut outgoing.frames))?;
        if outgoing.is_closed { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

impl EventSocket for Socket {
    fn send(&self, frame: Frame) -> Result<(), BoxError> {
        self.push(frame);
        Ok(())
    }

    fn close(&self, frame: Frame) {
        let failed = frame.payload().starts_with(&1011u16.to_be_bytes());
        if failed && self.seams.fails_together {
            lock(&self.store.0).values_mut().for_each(String::clear);
        }
        self.push(frame);
    }

    fn keep(&self, record: String) -> Result<(), BoxError> {
        let record = (self.seams.keep)(&self.stored(), record)?;
        lock(&self.store.0).insert(self.number, record);
        Ok(())
    }
}

/// What the host takes, whatever the app's limits are.
pub(super) fn limits() -> MessageLimits {
    let mut limits = MessageLimits::default();
    limits.bytes = 32 * 1024 * 1024;
    limits.fragments = u32::MAX;
    limits
}

/// The host itself: answers pings, and calls the place for everything else, until the socket is closed.
pub(super) async fn attend(place: Arc<Place>, socket: Socket, mut stream: Stream) {
    let end = loop {
        let received = poll_fn(|cx| {
            // A failure to send shows in what is received.
            let _ = socket.poll_send(&mut stream, cx);
            stream.poll_recv(cx)
        });
        match received.await {
            Ok(Received::Ping(payload)) => socket.push(Frame::new(Opcode::Pong, &payload)),
            Ok(Received::Close(frame)) => break Event::Close(frame),
            Ok(received @ (Received::Text(_) | Received::Binary(_))) => {
                place.call(&socket, Event::Message(received)).await;
            }
            Ok(_) => {}
            Err(ReceiveError::Lost(why)) => break Event::Lost(why.map(|why| why.to_string())),
            Err(error) => {
                error.close_frame().iter().for_each(|frame| socket.push(Frame::close(Some(frame))));
                break Event::Lost(Some(error.to_string()));
            }
        }
    };
    let is_there = !matches!(end, Event::Lost(None));
    place.end(&socket, end);
    if is_there {
        // Whether it worked or not, that is the end.
        let _ = poll_fn(|cx| socket.poll_send(&mut stream, cx)).await;
        poll_fn(|cx| stream.poll_close(cx)).await;
    }
}
