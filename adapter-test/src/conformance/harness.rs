use std::{fmt, io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use irori::{helper::RoomKey, rt::BoxFuture, wire::Fragment};

use super::suite::{Pause, Suite};

/// What a host can do beyond the common ground. A case that needs what a host lacks is reported as ignored.
///
/// Claim all that is true of the host as an app's users meet it: what is not claimed is not tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Time is virtual: [`Host::sleep`] costs nothing and every timer of the host follows it, so that the default
    /// limits, of many seconds, can be waited for.
    VirtualTime,
    /// A client's [`Peer::send`] puts a message on the wire in as many frames as the case says. Not so where the client
    /// is a library, or a browser, that only sends whole messages.
    Fragments,
    /// The client's side is a stream of bytes, and [`Peer::send_bytes`] writes on it what is no whole frame. So it is
    /// over TCP.
    Bytes,
    /// Requests and answers are HTTP/1.1 on the wire: a 101 answers the key as a browser wants it, and the host's server
    /// has a limit of its own on heads.
    Http,
    /// The host knows where a peer is, and `Upgrade::remote_addr` says so. The kit's clients are at a loopback address.
    RemoteAddr,
    /// A client that does not read is noticed: what the server sends to it comes to a stop after some megabytes at most.
    /// Not so where something in between, a proxy say, reads on.
    Stall,
    /// The library has the stream: it reads and writes single frames, pings when it wants to, stops reading when it must,
    /// and cuts who does not answer. Not so where the host puts messages together, and hands them over.
    Stream,
    /// What an app has in memory is there for as long as a connection, so that its teardowns run when it ends. Not so
    /// where memory may vanish between two events.
    Memory,
    /// A handle of a connection ([`Socket`](irori::connection::Socket)) reaches it from wherever it was kept: from the
    /// hook of another connection, or from another thread.
    Handles,
    /// A panic in the app's code ends its own connection, and no other. Not so where it aborts.
    Unwind,
    /// Connections and rooms are counted over the whole app, as `limits.connections` and `limits.room.rooms` want it. Not
    /// so where each room lives in a place of its own, and counts its members.
    Census,
    /// The host can say goodbye to everybody: [`BuiltApp::drain`](irori::BuiltApp::drain) closes every connection, those of
    /// the direct form too. The suite does so when it is asked to at `POST /drain`.
    Drain,
    /// The host calls by event, its sockets outlive its memory, and [`Host::evict`] makes that vanish.
    Hibernation,
    /// The kit gets at what is kept with the sockets of such a host: [`Host::rewrite`].
    Records,
}

/// How the kit starts a host: what the author of an adapter writes. [The kit](super#a-harness) shows a whole one.
///
/// ```text
///   runner ── block_on(case) ──▶ the host's executor
///                 case ── start(suite) ──▶ Host ── upgrade ──▶ Peer
///                                            └──── request ──▶ an HTTP answer
/// ```
///
/// Leave the log of the process alone. [`run`](super::run) reads the library's warnings there, which the suite answers to
/// `GET /warnings`. Where they go elsewhere, to a `tracing` subscriber that was set before, it answers `null`, and
/// `guard::redirect_denies_and_warns` fails.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// What the host can do beyond the common ground.
    fn capabilities(&self) -> &'static [Capability];

    /// Runs a case to its end, on the executor that the host needs. Each case is run once, perhaps beside others.
    ///
    /// A case that fails panics. Let it: the runner takes what unwinds out of here for the failure of the case.
    fn block_on(&self, case: BoxFuture<'static, ()>);

    /// How the suite's handlers wait on this host.
    fn pause(&self) -> Pause;

    /// Serves the suite: a host of its own for each call, that ends when it is dropped.
    ///
    /// # Contract
    ///
    /// - The suite's app is at its paths, all that their patterns match (`upgrade::route_params_are_seen`), wherever its
    ///   profile has put them (`script::below_the_endpoint_wherever_that_is`).
    /// - At `/direct` is the direct form: the host itself answers 401 unless the header `x-key` is `open`, and then
    ///   upgrades to [`Suite::direct_events`] (`upgrade::direct_form_after_own_checks`). These connections belong to the
    ///   suite's app as well (`shutdown::close_all_1001`).
    /// - At every other path is what [`Suite::answer`] says (`upgrade::other_routes_of_the_host_still_work`).
    /// - Every request carries [`Suite::greeting`] among its extensions, put there by whatever the host has for
    ///   middleware (`upgrade::request_extensions_are_seen`).
    /// - It knows nothing of a host that was there before (`shutdown::restart_forgets_rooms`).
    async fn start(&self, suite: Suite) -> Box<dyn Host>;
}

/// A host that serves the suite, as a client sees it. Over TCP it is a [`TcpHost`](super::TcpHost).
#[async_trait]
pub trait Host: Send + Sync {
    /// Sends a request that is no upgrade, or one that is to be refused, and gives the answer.
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes>;

    /// Asks for an upgrade: a peer when it is answered with 101, else the answer.
    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>>;

    /// Waits, on the clock of the host.
    async fn sleep(&self, duration: Duration);

    /// All that the host has in memory about its connections vanishes, while nothing happens to them. Only asked for with
    /// [`Capability::Hibernation`].
    async fn evict(&self) {}

    /// Puts `new` in the place of `old` in what is kept with each socket of a room, as another version of the app or the
    /// library would have written it, and lets memory vanish, so that it is read. Gives the number of sockets with which
    /// `old` was kept. Only asked for with [`Capability::Records`].
    async fn rewrite(&self, room: &RoomKey, old: &str, new: &str) -> usize {
        let _ = (room, old, new);
        0
    }
}

/// A WebSocket, from the client's side.
pub struct Upgraded {
    /// The head of the 101.
    pub head: Response<()>,
    /// The frames.
    pub peer: Box<dyn Peer>,
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgraded").field("head", &self.head).finish_non_exhaustive()
    }
}

/// The client's side of a WebSocket, frame by frame. It answers nothing by itself. Dropped, it is an abrupt loss.
///
/// Over a stream of bytes it is a [`StreamPeer`](super::StreamPeer).
#[async_trait]
pub trait Peer: Send {
    /// Sends one frame.
    async fn send(&mut self, frame: Fragment) -> io::Result<()>;

    /// Sends bytes as they are: a part of a frame, or several. Only asked for with [`Capability::Bytes`].
    async fn send_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        let _ = bytes;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The next frame; `None` at the end of the stream. When it is dropped before one came, nothing of that is lost: the next
    /// call goes on.
    async fn recv(&mut self) -> Option<Fragment>;

    /// Reads nothing any more, or again.
    ///
    /// Over a real socket there is nothing to do: it fills up as long as nobody calls [`recv`](Self::recv).
    async fn stall(&mut self, stalled: bool) {
        let _ = stalled;
    }
}
