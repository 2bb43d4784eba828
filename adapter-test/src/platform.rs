//! The in-memory platform of clients: what `irori-client` runs on, in virtual time, connected to a server in memory.

pub(crate) mod line;

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderValue, Request as Http, Uri, header::SEC_WEBSOCKET_PROTOCOL};
use irori::{
    CloseInfo,
    helper::UpgradeWebSocket,
    rt::{BoxError, Now, Runtime},
    wire::{CloseFrame, Frame, Opcode, Text},
};
use irori_client::{
    Request,
    platform::{Connection, Incoming, Network, Platform},
};

use self::line::{Cut, Line, State};
use crate::{
    client::read_close,
    connect::handshake,
    host::{Answer, Memory},
    pipe::ClientEnd,
    world::{MemoryRuntime, MemoryTimer, World},
};

/// A machine on which clients run, and its line to the server: clients that were made with one share its fate.
///
/// ```
/// use irori::{App, SocketRef, define_socket};
/// use irori_client::{Delivery, Status, use_socket};
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
/// let machine = server.machine();
/// let echo = use_socket(ECHO, machine.options());
/// let mut messages = echo.messages();
/// server.block_on(echo.status().wait_for(|status| *status == Status::Open));
///
/// machine.unplug();
/// assert_eq!(echo.send(&"hello".to_owned()).unwrap(), Delivery::Queued);
/// machine.plug();
/// assert_eq!(server.block_on(messages.recv()).as_deref(), Some("hello"));
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    world: World,
    runtime: MemoryRuntime,
    server: UpgradeWebSocket<Memory>,
    line: Arc<Line>,
}

impl Machine {
    pub(crate) fn new(world: World, server: UpgradeWebSocket<Memory>) -> Self {
        Self { runtime: world.runtime(), world, server, line: Arc::default() }
    }

    /// Options of a client that runs here, and connects to the server in memory.
    pub fn options(&self) -> irori_client::Options<Self> {
        let endpoint = self.server.app().paths().next().unwrap_or_default().to_owned();
        irori_client::Options::through_to(self.clone(), endpoint)
    }

    /// The line is cut: every connection is lost, and none comes about. Both ends notice.
    pub fn unplug(&self) {
        self.line.set(State::Down);
        self.cut();
    }

    /// The line is there again.
    pub fn plug(&self) {
        self.line.set(State::Up);
    }

    /// Nobody answers: attempts to connect neither succeed nor fail, until [`plug`](Self::plug).
    pub fn hang(&self) {
        self.line.set(State::Silent);
    }

    /// Every connection is lost, and new ones may come about.
    pub fn cut(&self) {
        self.line.cut();
        self.world.settle();
    }

    /// The platform hears this of its network, as a page of `online` and `offline`. The line stays as it is.
    pub fn tell(&self, network: Network) {
        self.line.tell(network);
        self.world.settle();
    }

    /// How often a connection was asked for, with or without success.
    pub fn dials(&self) -> usize {
        self.line.dials()
    }
}

impl Runtime for Machine {
    type Timer = MemoryTimer;

    fn now(&self) -> Now {
        self.runtime.now()
    }

    fn timer(&self) -> MemoryTimer {
        self.runtime.timer()
    }

    fn random(&self) -> u128 {
        self.runtime.random()
    }
}

impl Platform for Machine {
    type Connection = MemoryConnection;

    async fn dial(&self, request: Request) -> Result<MemoryConnection, BoxError> {
        let request = http(request)?;
        let ask = async {
            match self.server.route(request).await {
                Answer::Accepted(_, end) => Ok(end),
                Answer::Plain(response) => Err(format!("the server answered {}", response.status()).into()),
            }
        };
        let (end, cut) = self.line.dial(ask).await?;
        end.be_polite();
        Ok(MemoryConnection { end: Some(end), cut })
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.world.spawn(task);
    }

    fn network(&self) -> impl Stream<Item = Network> + Send + 'static {
        self.line.network()
    }
}

/// The request as the in-memory host takes it.
fn http(request: Request) -> Result<Http<()>, BoxError> {
    let uri: Uri = request.url.parse()?;
    let target = uri.path_and_query().ok_or("no path")?.as_str();
    let mut http = handshake(target.parse()?);
    http.headers_mut().extend(request.headers);
    if !request.protocols.is_empty() {
        http.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::try_from(request.protocols.join(", "))?);
    }
    Ok(http)
}

/// A connection of a client in memory. It answers pings and close frames by itself.
#[derive(Debug)]
pub struct MemoryConnection {
    /// `None` once it was cut.
    end: Option<ClientEnd>,
    cut: Arc<Cut>,
}

impl Connection for MemoryConnection {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if self.cut.poll(cx).is_ready() {
            self.end = None;
        }
        let Some(end) = &self.end else {
            return Poll::Ready(Incoming::Closed(CloseInfo::lost()));
        };
        while let Poll::Ready(frame) = end.poll_recv(cx) {
            if let Some(incoming) = frame.map_or(Some(Incoming::Closed(CloseInfo::lost())), |frame| read(&frame)) {
                return Poll::Ready(incoming);
            }
        }
        Poll::Pending
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(&mut self, text: Text) {
        self.write(Opcode::Text, text.into_bytes());
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn close(&mut self, frame: &CloseFrame) {
        self.write(Opcode::Close, Frame::close(Some(frame)).payload());
    }
}

impl MemoryConnection {
    fn write(&self, opcode: Opcode, payload: Bytes) {
        self.end.iter().for_each(|end| {
            end.send(opcode, payload.clone());
        });
    }
}

/// What a frame is to a client; `None` for pings and pongs.
fn read(frame: &Frame) -> Option<Incoming> {
    let payload = frame.payload();
    match frame.opcode() {
        Opcode::Text => String::from_utf8(payload.to_vec()).ok().map(|text| Incoming::Message(text.into())),
        Opcode::Binary => Some(Incoming::Message(payload.into())),
        Opcode::Close => Some(Incoming::Closed(match read_close(&payload) {
            Some(frame) => CloseInfo::new(frame.code(), frame.reason(), true),
            None => CloseInfo::new(1005, "", true),
        })),
        _ => None,
    }
}
