use std::{net::SocketAddr, time::Duration};

use http::{HeaderName, HeaderValue, Request, Response};
use irori::{
    App, BuiltApp, RoomRef, SocketRef, channel::Channel, connection::Rooms, define_websocket_helper,
    handler::IntoAccept, helper::UpgradeWebSocket,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    client::TestClient,
    host::{Answer, Memory},
    trace::Trace,
    world::{MemoryRuntime, World},
};

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
    /// Serves an app.
    ///
    /// # Panics
    ///
    /// When the app cannot be built; the message says all that is wrong with it.
    pub fn new(app: App) -> Self {
        match app.build() {
            Ok(app) => Self::of(World::new(), app),
            Err(error) => panic!("{error}"),
        }
    }

    /// Serves an app that was built, in a world that was made before: so that its handlers can wait on the clock.
    pub fn of(world: World, app: BuiltApp) -> Self {
        let upgrade_websocket = define_websocket_helper(Memory::new(world.clone())).serve(app);
        let trace = Trace::new(world.clone());
        Self { world, upgrade_websocket, trace }
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
        self.trace.note("server", format_args!("drains"));
        self.block_on(self.app().drain(&self.runtime()));
    }

    /// A client that asks for a target: a raw route's path, or the endpoint with its query.
    pub fn request(&self, target: impl Into<String>) -> Connect<'_> {
        Connect::new(self, target.into())
    }

    /// Connects to a target and expects the upgrade to be answered with 101.
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

    /// Lets happen what an answer sets off. The client answers from the first frame on, a denial's close frame too.
    fn settle(&self, answer: Answer) -> Answer {
        if let Answer::Accepted(_, end) = &answer {
            end.be_polite();
        }
        self.world.settle();
        answer
    }

    fn named(&self, module: &str, name: &str, params: Option<String>) -> Connect<'_> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let params = params.map(|json| format!("&r={}", encode(&json))).unwrap_or_default();
        self.request(format!("/__sockets?m={}&s={}{params}", encode(module), encode(name)))
    }
}

/// A client about to connect.
#[must_use = "nothing happens before `connect`"]
#[derive(Debug)]
pub struct Connect<'a> {
    server: &'a TestServer,
    name: String,
    request: Request<()>,
}

impl<'a> Connect<'a> {
    fn new(server: &'a TestServer, target: String) -> Self {
        let mut request = Request::new(());
        *request.uri_mut() = target.parse().unwrap_or_else(|error| panic!("{target} is no target: {error}"));
        let headers = request.headers_mut();
        for (name, value) in [
            ("host", "irori.test"),
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Self { server, name: server.trace.next_client(), request }
    }

    /// What the trace calls the client.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap_or_else(|error| panic!("{name} is no header's name: {error}"));
        let value =
            HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value} is no header's value: {error}"));
        self.request.headers_mut().append(name, value);
        self
    }

    /// Adds a cookie.
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", &format!("{name}={value}"))
    }

    /// Comes from this address.
    pub fn from_addr(self, address: SocketAddr) -> Self {
        self.extension(address)
    }

    /// Attaches what a middleware of the host would.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, extension: T) -> Self {
        self.request.extensions_mut().insert(extension);
        self
    }

    /// Connects.
    ///
    /// # Panics
    ///
    /// When the upgrade is refused. A denied client is not: it gets its 101 and then a close frame.
    pub fn connect(self) -> TestClient {
        let (server, name) = (self.server, self.name.clone());
        match self.ask() {
            Answer::Accepted(head, end) => TestClient::new(name, head, end, server.world.clone(), server.trace.clone()),
            Answer::Refused(response) => {
                panic!("{name}: the upgrade was refused: {} {}", response.status(), response.body().trim())
            }
        }
    }

    /// Connects, and expects an HTTP answer instead of a WebSocket.
    ///
    /// # Panics
    ///
    /// When the upgrade is answered with 101.
    pub fn refused(self) -> Response<String> {
        let name = self.name.clone();
        match self.ask() {
            Answer::Refused(response) => response,
            Answer::Accepted(..) => panic!("{name}: the upgrade was answered with 101"),
        }
    }

    /// Connects with events in hand, as a handler of the host does in the direct form.
    pub fn direct(self, events: impl IntoAccept) -> TestClient {
        let Self { server, name, request } = self;
        server.trace.note(&name, format_args!("upgrades directly"));
        match server.settle(server.block_on(server.upgrade_websocket.direct(request, events))) {
            Answer::Accepted(head, end) => TestClient::new(name, head, end, server.world.clone(), server.trace.clone()),
            Answer::Refused(response) => panic!("{name}: the upgrade was refused: {}", response.status()),
        }
    }

    fn ask(self) -> Answer {
        let Self { server, name, request } = self;
        server.trace.note(&name, format_args!("asks for {}", request.uri()));
        server.settle(server.block_on(server.upgrade_websocket.route(request)))
    }
}
