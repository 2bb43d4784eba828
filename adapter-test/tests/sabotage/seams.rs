use std::task::Poll;

use bytes::Bytes;
use http::{Response, request::Parts};
use irori::{
    BuiltApp,
    limits::MessageLimits,
    transport::{ReceiveError, Received},
    wire::Fragment,
};

/// Where the adapter can go wrong: each thing that it does between a client and the core. The default is right.
#[derive(Clone, Copy)]
pub(crate) struct Seams {
    /// Whether a path is mounted.
    pub(crate) mounts: fn(&BuiltApp, &str) -> bool,
    /// A request, on its way to the core.
    pub(crate) request: fn(&mut Parts),
    /// An answer, a 101 or a refusal, on its way to the client.
    pub(crate) answer: fn(&mut Response<Bytes>),
    /// Whether the app is asked about a request once before it is asked for good.
    pub(crate) asks_twice: bool,
    /// Whether WebSockets are served from a build of the app that nothing else knows.
    pub(crate) builds_anew: bool,
    /// Whether connections of the direct form belong to the app.
    pub(crate) claims_direct: bool,
    /// Whether the app of the first start is served by every other.
    pub(crate) keeps_app: bool,
    /// Random bits, on their way to the core, and how often there were some since the start.
    pub(crate) random: fn(u128, u64) -> u128,
    /// The limits that the transport keeps.
    pub(crate) limits: fn(&mut MessageLimits),
    /// Frames that came in together, and how many came before them.
    pub(crate) incoming: fn(&mut Vec<Fragment>, usize),
    /// Frames that go out together.
    pub(crate) outgoing: fn(&mut Vec<Fragment>),
    /// What the transport hands up; `Pending` is never told.
    pub(crate) received: fn(Arrival) -> Poll<Arrival>,
    /// Whether a frame of which only a part has come is waited for.
    pub(crate) keeps_halves: bool,
    /// Whether a message has begun with the first byte of its first frame, and not with all of it.
    pub(crate) begins_early: bool,
    /// Whether frames that the stream does not take are waited for.
    pub(crate) flushes: bool,
    /// Whether a close frame waits for what the stream has not taken.
    pub(crate) close_waits: bool,
    /// How the stream is closed.
    pub(crate) close: Close,
    /// What the host does by itself when it is told to drain.
    pub(crate) shutdown: Shutdown,
}

pub(crate) type Arrival = Result<Received, ReceiveError>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    /// Shut, then read to the peer's end.
    Orderly,
    /// Dropped.
    AtOnce,
    /// Left as it is.
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shutdown {
    /// Nothing: it lets the app drain.
    LeftToTheApp,
    /// Takes the routes of the app away.
    Unmounts,
    /// Cuts every connection.
    Cuts,
    /// Cuts every connection when it is told so again.
    CutsTheSecondTime,
}

impl Default for Seams {
    fn default() -> Self {
        Self {
            mounts: BuiltApp::serves,
            request: |_| {},
            answer: |_| {},
            asks_twice: false,
            builds_anew: false,
            claims_direct: true,
            keeps_app: false,
            random: |bits, _| bits,
            limits: |_| {},
            incoming: |_, _| {},
            outgoing: |_| {},
            received: Poll::Ready,
            keeps_halves: true,
            begins_early: true,
            flushes: true,
            close_waits: true,
            close: Close::Orderly,
            shutdown: Shutdown::LeftToTheApp,
        }
    }
}
