use std::{sync::Arc, time::Duration};

use http::Request;
use irori::{
    App, BuiltApp, RoomRef, SocketRef,
    channel::Channel,
    connection::Rooms,
    define_websocket_helper,
    error::{Cause, Failure},
    handler::IntoAccept,
    helper::UpgradeWebSocket,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    client::TestClient,
    connect::Connect,
    event::Eviction,
    host::{Answer, Memory},
    platform::Machine,
    trace::Trace,
    world::{MemoryRuntime, World},
};

/// What the trace calls the server.
const SERVER: &str = "server";

/// A server in memory, with a clock that moves only by [`advance`](Self::advance).
///
/// ```
/// use irori::{App, SocketRef, define_socket};
/// use irori_test::TestServer;
///
/// const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
///
/// let echo = define_socket(ECHO, ()).on_message(async |(), socket, text| {
///     socket.send(&text)?;
///     Ok(())
/// });
/// let server = TestServer::new(App::new().socket(ECHO, echo));
///
/// let mut client = server.socket(ECHO).connect();
/// client.send_json(&"hello");
/// assert_eq!(client.recv_json::<String>(), "hello");
/// client.expect_quiet();
/// ```
#[derive(Debug)]
pub struct TestServer {
    world: World,
    upgrade_websocket: UpgradeWebSocket<Memory>,
    trace: Trace,
}

impl TestServer {
    /// Serves an app, in a world of its own. What fails in the app's code is told to its error hooks, and shows in the
    /// tail of what happened.
    ///
    /// # Panics
    ///
    /// When the app cannot be built; the message says all that is wrong with it.
    #[track_caller]
    pub fn new(app: App) -> Self {
        Self::within(World::new(), app)
    }

    /// Serves an app as [`new`](Self::new) does, in a world that was made before: so that its handlers can wait on the
    /// clock.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn within(world: World, app: App) -> Self {
        let trace = Trace::new(world.clone());
        let app = built(app, &trace);
        Self::of(Memory::new(world.clone()), app, world, trace)
    }

    /// Serves an app as a host does that calls by event, and whose memory vanishes between two events: as Workers with
    /// Durable Objects do. Wherever memory comes to life the app is made anew, so that a handler which keeps something in
    /// itself is found out. What must stay belongs to the data of a connection:
    ///
    /// ```
    /// use irori::{App, SocketRef, handler::define_socket_with};
    /// use irori_test::{Eviction, TestServer};
    ///
    /// const COUNT: SocketRef<(), u32> = SocketRef::new("src/count", "count");
    ///
    /// fn app() -> App {
    ///     let count = define_socket_with(COUNT, (), async |(), _, _| Ok(0)).on_message(async |(), socket, ()| {
    ///         *socket.data_mut() += 1;
    ///         socket.send(socket.data())?;
    ///         Ok(())
    ///     });
    ///     App::new().socket(COUNT, count)
    /// }
    ///
    /// let server = TestServer::by_event(app, Eviction::AfterEveryEvent);
    /// let mut client = server.socket(COUNT).connect();
    /// for expected in 1..=3 {
    ///     client.send_json(&());
    ///     assert_eq!(client.recv_json::<u32>(), expected);
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn by_event(app: impl Fn() -> App + Send + Sync + 'static, eviction: Eviction) -> Self {
        let world = World::new();
        let trace = Trace::new(world.clone());
        let (edge, told) = (built(app(), &trace), trace.clone());
        let build = Arc::new(move || built(app(), &told));
        let (host, edge) = Memory::by_event(world.clone(), &edge, build, eviction);
        Self::of(host, edge, world, trace)
    }

    /// The memory of a host that [calls by event](Self::by_event) vanishes now, whatever runs in it. Its sockets stay, and
    /// what was kept with each.
    pub fn evict(&self) {
        self.trace.note(SERVER, format_args!("loses its memory"));
        self.upgrade_websocket.host().evict();
        self.world.settle();
    }

    /// The app.
    pub fn app(&self) -> &BuiltApp {
        self.upgrade_websocket.app()
    }

    /// The rooms of the app, from outside any connection.
    pub fn rooms(&self) -> Rooms {
        self.app().rooms()
    }

    /// The server's clock, timers and randomness.
    pub fn runtime(&self) -> MemoryRuntime {
        self.world.runtime()
    }

    /// Lets time pass, with everything that happens meanwhile.
    pub fn advance(&self, duration: Duration) {
        self.trace.note("clock", format_args!("advances by {duration:?}"));
        self.world.advance(duration);
    }

    /// Runs a future to its end; time moves if it must.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.world.block_on(future)
    }

    /// Says goodbye to everybody, as a host that shuts down; ends when nobody is connected.
    pub fn drain(&self) {
        self.trace.note(SERVER, format_args!("drains"));
        self.block_on(self.app().drain(&self.runtime()));
    }

    /// A client that asks for a target: a raw route's path, or the endpoint with its query.
    ///
    /// # Panics
    ///
    /// When no request can ask for it.
    #[track_caller]
    pub fn request(&self, target: impl Into<String>) -> Connect<'_> {
        Connect::new(self, &target.into())
    }

    /// Connects to a target and expects the upgrade to be answered with 101.
    ///
    /// # Panics
    ///
    /// As [`request`](Self::request), and when the upgrade is refused.
    #[track_caller]
    pub fn connect(&self, target: impl Into<String>) -> TestClient {
        self.request(target).connect()
    }

    /// A client of a socket without key params.
    pub fn socket<In, Out>(&self, at: SocketRef<In, Out>) -> Connect<'_> {
        self.named(at.module(), at.name(), None)
    }

    /// A client of a socket with key params.
    pub fn socket_of<In, Out, K: Channel>(&self, at: SocketRef<In, Out, K>, key: &K) -> Connect<'_> {
        self.named(at.module(), at.name(), Some(key.to_params().to_json()))
    }

    /// A client of a room.
    pub fn room<K: Channel, In, Out, State>(&self, at: RoomRef<K, In, Out, State>, key: &K) -> Connect<'_> {
        self.named(at.module(), at.name(), Some(key.to_params().to_json()))
    }

    /// A machine on which clients of `irori-client` run, with a line of its own to this server.
    pub fn machine(&self) -> Machine {
        Machine::new(self.world.clone(), self.upgrade_websocket.clone())
    }

    /// What has happened so far.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Asks the app, and lets happen what its answer sets off.
    pub(crate) fn route(&self, client: &str, request: Request<()>) -> Answer {
        self.trace.note(client, format_args!("asks for {}", request.uri()));
        self.settle(client, self.block_on(self.upgrade_websocket.route(request)))
    }

    /// Upgrades to these events, and lets happen what that sets off.
    pub(crate) fn direct(&self, client: &str, request: Request<()>, events: impl IntoAccept) -> Answer {
        self.trace.note(client, format_args!("upgrades directly at {}", request.uri()));
        self.settle(client, self.block_on(self.upgrade_websocket.direct(request, events)))
    }

    /// The client of an answer that is to be 101.
    #[track_caller]
    pub(crate) fn accepted(&self, client: String, answer: Answer) -> TestClient {
        match answer {
            Answer::Accepted(head, end) => TestClient::new(client, head, end, self.world.clone(), self.trace.clone()),
            Answer::Plain(response) => {
                let (status, why) = (response.status(), response.body().trim());
                panic!("{client}: expected an upgrade, but it was refused with {status}: {why}{}", self.trace)
            }
        }
    }

    fn of(host: Memory, app: BuiltApp, world: World, trace: Trace) -> Self {
        Self { world, upgrade_websocket: define_websocket_helper(host).serve(app), trace }
    }

    /// The client answers from the first frame on, a denial's close frame too.
    fn settle(&self, client: &str, answer: Answer) -> Answer {
        match &answer {
            Answer::Accepted(_, end) => end.be_polite(),
            Answer::Plain(response) => self.trace.note(client, format_args!("is refused with {}", response.status())),
        }
        self.world.settle();
        answer
    }

    fn named(&self, module: &str, name: &str, params: Option<String>) -> Connect<'_> {
        // The endpoint is the first of the paths.
        let endpoint = self.app().paths().next().unwrap_or_default();
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let params = params.map(|json| format!("&r={}", encode(&json))).unwrap_or_default();
        self.request(format!("{endpoint}?m={}&s={}{params}", encode(module), encode(name)))
    }
}

/// The app, whose failures are told to the trace.
#[track_caller]
fn built(app: App, trace: &Trace) -> BuiltApp {
    let trace = trace.clone();
    match app.on_error(move |failure| note(&trace, failure)).build() {
        Ok(app) => app,
        Err(error) => panic!("{error}"),
    }
}

/// Tells the trace of a failure. Unlike a log it may quote what was read: a test has no secrets from itself.
fn note(trace: &Trace, failure: &Failure) {
    match &failure.cause {
        Cause::Malformed(error) => {
            trace.note(SERVER, format_args!("{} failed at {}: malformed: {error}", failure.unit, failure.stage));
        }
        _ => trace.note(SERVER, format_args!("{failure}")),
    }
}
