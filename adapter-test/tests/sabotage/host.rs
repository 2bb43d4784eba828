//! A host in memory, whose WebSockets run over streams of bytes as they do over TCP, and its adapter.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::future::{AbortHandle, abortable};
use http::{Request, Response, StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use irori::{
    Upgrade, WebSocketHelper, define_websocket_helper,
    helper::{Admission, UpgradeWebSocket, drive},
    rt::{BoxFuture, Now, Runtime, sleep},
};
use irori_test::{
    conformance::{Capability, Harness, Host, Pause, Profile, StreamPeer, Suite, Upgraded},
    world::{MemoryRuntime, MemoryTimer, World},
};
use tokio::io::{DuplexStream, duplex};

use crate::{
    seams::{Seams, Shutdown},
    stream::Stream,
};

/// Bytes that a stream holds in each direction when its reader does not read.
pub(crate) const STREAM_BYTES: usize = 256 * 1024;

/// The harness.
#[derive(Default)]
pub(crate) struct Bytewise {
    seams: Seams,
    /// The suite of the first start.
    first: OnceLock<Suite>,
}

impl Bytewise {
    pub(crate) fn new(seams: Seams) -> Self {
        Self { seams, first: OnceLock::new() }
    }
}

#[async_trait]
impl Harness for Bytewise {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{
            Bytes, Census, Drain, Fragments, Handles, Memory, RemoteAddr, Stall, Stream, Unwind, VirtualTime,
        };
        &[VirtualTime, Fragments, Bytes, RemoteAddr, Stall, Stream, Memory, Handles, Unwind, Census, Drain]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        World::new().block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(World::current().runtime())
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let seams = self.seams;
        let suite = if seams.keeps_app { self.first.get_or_init(|| suite).clone() } else { suite };
        let app = if seams.builds_anew { Suite::new(Profile::Standard, self.pause()) } else { suite.clone() };
        let adapter = Adapter { seams, runtime: Dice::new(seams), connections: Connections::default() };
        let connections = adapter.connections.clone();
        let direct = define_websocket_helper(adapter.clone());
        Box::new(Server {
            upgrade_websocket: define_websocket_helper(adapter).serve(app.app().clone()),
            direct: if seams.claims_direct { direct.serve(app.app().clone()) } else { direct },
            suite,
            connections,
            drains: AtomicUsize::new(0),
            seams,
        })
    }
}

/// What a host answers: the stream is there with a 101.
pub(crate) type Answer = (Response<Bytes>, Option<DuplexStream>);

struct Server {
    suite: Suite,
    upgrade_websocket: UpgradeWebSocket<Adapter>,
    direct: UpgradeWebSocket<Adapter>,
    connections: Connections,
    /// How often it was told to drain.
    drains: AtomicUsize,
    seams: Seams,
}

impl Server {
    async fn answer(&self, mut request: Request<Bytes>) -> Answer {
        request.extensions_mut().insert(self.suite.greeting());
        request.extensions_mut().insert(SocketAddr::from(([127, 0, 0, 1], 9)));
        match request.uri().path() {
            "/direct" if request.headers().get("x-key").is_none_or(|key| key != "open") => (unauthorized(), None),
            "/direct" => self.direct.direct(request, self.suite.direct_events()).await,
            path if self.mounts(path) => {
                if self.seams.asks_twice {
                    self.upgrade_websocket.route(request.clone()).await;
                }
                self.upgrade_websocket.route(request).await
            }
            path => {
                if path == "/drain" {
                    self.shut_down();
                }
                (self.suite.answer(request).await, None)
            }
        }
    }

    fn mounts(&self, path: &str) -> bool {
        let unmounted = self.seams.shutdown == Shutdown::Unmounts && self.drains.load(Ordering::Relaxed) > 0;
        !unmounted && (self.seams.mounts)(self.suite.app(), path)
    }

    /// What the host does by itself before the app drains.
    fn shut_down(&self) {
        let before = self.drains.fetch_add(1, Ordering::Relaxed);
        match self.seams.shutdown {
            Shutdown::Cuts => self.connections.cut(),
            Shutdown::CutsTheSecondTime if before > 0 => self.connections.cut(),
            _ => {}
        }
    }
}

#[async_trait]
impl Host for Server {
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.answer(request).await.0
    }

    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>> {
        match self.answer(request).await {
            (response, Some(stream)) => {
                let peer = Box::new(StreamPeer::new(stream, BytesMut::new()));
                Ok(Upgraded { head: response.map(drop), peer })
            }
            (response, None) => Err(response),
        }
    }

    async fn sleep(&self, duration: Duration) {
        sleep(&World::current().runtime(), duration).await;
    }
}

/// The tasks that drive connections, to be dropped half-way.
#[derive(Clone, Default)]
struct Connections(Arc<Mutex<Vec<AbortHandle>>>);

impl Connections {
    fn spawn(&self, connection: impl Future<Output = ()> + Send + 'static) {
        let (task, handle) = abortable(connection);
        World::current().spawn(async { task.await.unwrap_or_default() });
        self.lock().push(handle);
    }

    fn cut(&self) {
        self.lock().iter().for_each(AbortHandle::abort);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The adapter.
#[derive(Clone)]
struct Adapter {
    seams: Seams,
    runtime: Dice,
    connections: Connections,
}

impl WebSocketHelper for Adapter {
    type Request = Request<Bytes>;
    type Pending = ();
    type Response = Answer;
    type Runtime = Dice;

    fn runtime(&self) -> &Dice {
        &self.runtime
    }

    fn read(&self, request: Request<Bytes>) -> (Upgrade, ()) {
        let (mut parts, _) = request.into_parts();
        (self.seams.request)(&mut parts);
        let address = parts.extensions.get().copied();
        (Upgrade::new(parts).with_remote_addr(address), ())
    }

    fn respond(&self, (): (), response: Response<String>) -> Answer {
        let mut response = response.map(Bytes::from);
        (self.seams.answer)(&mut response);
        (response, None)
    }

    async fn accept(&self, (): (), admission: Admission) -> Answer {
        let mut response = switching_protocols(&admission);
        (self.seams.answer)(&mut response);

        let (client, server) = duplex(STREAM_BYTES);
        let stream = Stream::new(server, admission.limits().message.clone(), self.seams);
        self.connections.spawn(drive(stream, admission, self.runtime.clone()));
        (response, Some(client))
    }
}

/// The answer that the direct form gives to who has no key.
pub(crate) fn unauthorized() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// The 101 of an admission.
pub(crate) fn switching_protocols(admission: &Admission) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().clone_from(admission.headers());
    let protocol = admission.protocol().map(|protocol| (SEC_WEBSOCKET_PROTOCOL, protocol.clone()));
    response.headers_mut().extend(protocol);
    response
}

/// The runtime of a world, with dice that may be loaded.
#[derive(Clone)]
struct Dice {
    world: MemoryRuntime,
    seams: Seams,
    /// How often it was rolled.
    rolled: Arc<AtomicU64>,
}

impl Dice {
    fn new(seams: Seams) -> Self {
        Self { world: World::current().runtime(), seams, rolled: Arc::default() }
    }
}

impl Runtime for Dice {
    type Timer = MemoryTimer;

    fn now(&self) -> Now {
        self.world.now()
    }

    fn timer(&self) -> MemoryTimer {
        self.world.timer()
    }

    fn random(&self) -> u128 {
        (self.seams.random)(self.world.random(), self.rolled.fetch_add(1, Ordering::Relaxed))
    }
}
