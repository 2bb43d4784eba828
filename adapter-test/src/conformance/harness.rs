use std::{io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use irori::{rt::BoxFuture, wire::Fragment};

use super::suite::{Pause, Suite};

/// What a host can do beyond the common ground. A case that needs what a host lacks is reported as ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Time is virtual: waiting costs nothing, so the default limits can be tested.
    VirtualTime,
    /// Frames are seen one by one, so a message can come in parts.
    Fragments,
    /// Requests are real HTTP: they can be no upgrade, or a broken one, and other routes are served beside.
    Http,
    /// The peer's address is known.
    RemoteAddr,
    /// A peer that does not read is noticed: what is sent to it comes to a stop.
    Stall,
}

/// How the kit starts a host: what the author of an adapter writes.
///
/// ```text
///   runner ── block_on(case) ──▶ the host's executor
///                 case ── start(suite) ──▶ Host ── upgrade ──▶ Peer
///                                            └──── request ──▶ an HTTP answer
/// ```
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// The host's name, for people.
    fn name(&self) -> &'static str;

    /// What the host can do beyond the common ground.
    fn capabilities(&self) -> &'static [Capability];

    /// Runs a case to its end, on the executor that the host needs. Each case is run once, perhaps beside others.
    fn block_on(&self, case: BoxFuture<'static, ()>);

    /// How the suite's handlers wait on this host.
    fn pause(&self) -> Pause;

    /// Serves the suite's app, and beside it:
    ///
    /// - at `/direct`, the direct form: the host itself answers 401 unless the header `x-key` is `open`, and then
    ///   upgrades to [`Suite::direct_events`] (`upgrade::direct_form_after_own_checks`);
    /// - at every other path, what [`Suite::answer`] says (`upgrade::other_routes_of_the_host_still_work`).
    async fn start(&self, suite: Suite) -> Box<dyn Host>;
}

/// A host that serves the suite.
#[async_trait]
pub trait Host: Send + Sync {
    /// Sends a request that is no upgrade, or one that is to be refused, and gives the answer.
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes>;

    /// Asks for an upgrade: a peer when it is answered with 101, else the answer.
    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>>;

    /// Waits, on the clock of the host.
    async fn sleep(&self, duration: Duration);
}

/// A WebSocket, from the client's side.
pub struct Upgraded {
    /// The head of the 101.
    pub head: Response<()>,
    /// The frames.
    pub peer: Box<dyn Peer>,
}

/// The client's side of a WebSocket, frame by frame. It answers nothing by itself. Dropped, it is an abrupt loss.
#[async_trait]
pub trait Peer: Send {
    /// Sends one frame.
    async fn send(&mut self, frame: Fragment) -> io::Result<()>;

    /// The next frame; `None` at the end of the stream.
    async fn recv(&mut self) -> Option<Fragment>;

    /// Reads nothing any more, or again.
    ///
    /// Over a real socket there is nothing to do: it fills up as long as nobody calls [`recv`](Self::recv).
    async fn stall(&mut self, stalled: bool) {
        let _ = stalled;
    }
}
