//! A host in memory, whose WebSockets run over streams of bytes as they do over TCP, and its adapter.

use std::{net::SocketAddr, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use irori::{
    Upgrade, WebSocketHelper, define_websocket_helper,
    error::Refusal,
    helper::{Admission, UpgradeWebSocket, drive},
    rt::{BoxFuture, Now, Runtime, sleep},
};
use irori_test::{
    conformance::{Capability, Harness, Host, Pause, StreamPeer, Suite, Upgraded},
    world::{MemoryRuntime, MemoryTimer, World},
};
use tokio::io::{DuplexStream, duplex};

use crate::{seams::Seams, stream::Stream};

/// Bytes that a stream holds in each direction when its reader does not read.
const STREAM_BYTES: usize = 256 * 1024;

/// The harness.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bytewise(pub(crate) Seams);

#[async_trait]
impl Harness for Bytewise {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Fragments, RemoteAddr, Stall, VirtualTime};
        &[VirtualTime, Fragments, Bytes, RemoteAddr, Stall]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        World::new().block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(World::current().runtime())
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let adapter = Adapter { seams: self.0, runtime: Dice { world: World::current().runtime(), seams: self.0 } };
        let upgrade_websocket = define_websocket_helper(adapter).serve(suite.app().clone());
        Box::new(Server { suite, upgrade_websocket, seams: self.0 })
    }
}

/// What the host answers: the stream is there with a 101.
type Answer = (Response<Bytes>, Option<DuplexStream>);

struct Server {
    suite: Suite,
    upgrade_websocket: UpgradeWebSocket<Adapter>,
    seams: Seams,
}

impl Server {
    async fn answer(&self, mut request: Request<Bytes>) -> Answer {
        let app = self.suite.app();
        request.extensions_mut().insert(self.suite.greeting());
        request.extensions_mut().insert(SocketAddr::from(([127, 0, 0, 1], 9)));
        match request.uri().path() {
            "/direct" if request.headers().get("x-key").is_none_or(|key| key != "open") => {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::UNAUTHORIZED;
                (response, None)
            }
            "/direct" => self.upgrade_websocket.direct(request, self.suite.direct_events()).await,
            path if (self.seams.mounts)(app, path) => self.upgrade_websocket.route(request).await,
            _ => (self.suite.answer(request).await, None),
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

/// The adapter.
struct Adapter {
    seams: Seams,
    runtime: Dice,
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

    fn refuse(&self, (): (), refusal: Refusal) -> Answer {
        let mut response = refusal.response().map(Bytes::from);
        (self.seams.answer)(&mut response);
        (response, None)
    }

    async fn accept(&self, (): (), admission: Admission) -> Answer {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response.headers_mut().clone_from(admission.headers());
        let protocol = admission.protocol().map(|protocol| (SEC_WEBSOCKET_PROTOCOL, protocol.clone()));
        response.headers_mut().extend(protocol);
        (self.seams.answer)(&mut response);

        let (client, server) = duplex(STREAM_BYTES);
        let stream = Stream::new(server, admission.limits().message.clone(), self.seams);
        World::current().spawn(drive(stream, admission, self.runtime.clone()));
        (response, Some(client))
    }
}

/// The runtime of a world, with dice that may be loaded.
#[derive(Clone)]
struct Dice {
    world: MemoryRuntime,
    seams: Seams,
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
        (self.seams.random)(self.world.random())
    }
}
