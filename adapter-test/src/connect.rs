use std::net::SocketAddr;

use http::{HeaderName, HeaderValue, Request, Response, Uri};
use irori::handler::IntoAccept;

use crate::{client::TestClient, host::Answer, server::TestServer};

/// What every upgrade asks with; the key is the one of RFC 6455, section 1.2.
const HANDSHAKE: [(&str, &str); 5] = [
    ("host", "irori.test"),
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// The request of a good handshake.
pub(crate) fn handshake(target: Uri) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = target;
    for (name, value) in HANDSHAKE {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    request
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
    #[track_caller]
    pub(crate) fn new(server: &'a TestServer, target: &str) -> Self {
        let request = match target.parse::<Uri>() {
            Ok(uri) => handshake(uri),
            Err(error) => panic!("{target} is no target: {error}"),
        };
        Self { server, name: server.trace().next_client(), request }
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
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => self.request.headers_mut().append(name, value),
            (Err(error), _) => panic!("{name:?} is no header's name: {error}"),
            (_, Err(error)) => panic!("{value:?} is no header's value: {error}"),
        };
        self
    }

    /// Adds a cookie.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[track_caller]
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
    #[track_caller]
    pub fn connect(self) -> TestClient {
        let Self { server, name, request } = self;
        let answer = server.route(&name, request);
        server.accepted(name, answer)
    }

    /// Connects, and expects an HTTP answer instead of a WebSocket.
    ///
    /// # Panics
    ///
    /// When the upgrade is answered with 101.
    #[track_caller]
    pub fn refused(self) -> Response<String> {
        let Self { server, name, request } = self;
        match server.route(&name, request) {
            Answer::Plain(response) => response,
            Answer::Accepted(..) => panic!("{name}: expected a refusal, but the answer was 101{}", server.trace()),
        }
    }

    /// Connects with events in hand, as a handler of the host does in the direct form: no route and no guard of the app
    /// is asked.
    ///
    /// # Panics
    ///
    /// As [`connect`](Self::connect).
    #[track_caller]
    pub fn direct(self, events: impl IntoAccept) -> TestClient {
        let Self { server, name, request } = self;
        let answer = server.direct(&name, request, events);
        server.accepted(name, answer)
    }
}
