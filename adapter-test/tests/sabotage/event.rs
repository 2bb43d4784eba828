//! A host in memory that calls by event, and its adapter, made of nothing but what every author of an adapter has.

mod place;
mod seams;
mod socket;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use irori::{
    BuiltApp, Upgrade, WebSocketHelper, define_websocket_helper,
    error::Refusal,
    helper::{Admission, Elsewhere, Record, RoomKey, UpgradeWebSocket, drive},
    rt::{BoxError, BoxFuture, sleep},
};
use irori_test::{
    conformance::{Capability, Harness, Host, Pause, StreamPeer, Suite, Upgraded},
    world::{MemoryRuntime, World},
};
use tokio::io::{DuplexStream, duplex};

use self::{place::Place, socket::Store};
pub(crate) use self::{
    seams::{Alarm, Seams, Wakes},
    socket::Event,
};
use crate::{
    host::{Answer, STREAM_BYTES, switching_protocols, unauthorized},
    stream::Stream,
};

/// The harness. Memory vanishes after every event, and when it is asked to.
#[derive(Default)]
pub(crate) struct ByEvent {
    seams: Seams,
}

impl ByEvent {
    pub(crate) fn new(seams: Seams) -> Self {
        Self { seams }
    }
}

#[async_trait]
impl Harness for ByEvent {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Fragments, Hibernation, Records, RemoteAddr, Unwind, VirtualTime};
        &[VirtualTime, Fragments, Bytes, RemoteAddr, Unwind, Hibernation, Records]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        World::new().block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(World::current().runtime())
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let places = Places::new(suite.app(), self.seams);
        let suite = suite.with_app(places.0.app.clone());
        let adapter = Adapter { seams: self.seams, runtime: World::current().runtime(), places };
        let upgrade_websocket = define_websocket_helper(adapter).serve(suite.app().clone());
        Box::new(Server { suite, upgrade_websocket })
    }
}

struct Server {
    suite: Suite,
    upgrade_websocket: UpgradeWebSocket<Adapter>,
}

impl Server {
    async fn answer(&self, mut request: Request<Bytes>) -> Answer {
        request.extensions_mut().insert(self.suite.greeting());
        request.extensions_mut().insert(SocketAddr::from(([127, 0, 0, 1], 9)));
        match request.uri().path() {
            "/direct" if request.headers().get("x-key").is_none_or(|key| key != "open") => (unauthorized(), None),
            "/direct" => self.upgrade_websocket.direct(request, self.suite.direct_events()).await,
            path if self.suite.app().serves(path) => self.upgrade_websocket.route(request).await,
            _ => (self.suite.answer(request).await, None),
        }
    }

    fn places(&self) -> &Places {
        &self.upgrade_websocket.host().places
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

    async fn evict(&self) {
        lock(&self.places().0.all).values().for_each(|place| place.evict());
    }

    async fn rewrite(&self, room: &RoomKey, old: &str, new: &str) -> usize {
        self.places().at(room.to_string()).rewrite(old, new)
    }
}

/// The adapter.
struct Adapter {
    seams: Seams,
    runtime: MemoryRuntime,
    places: Places,
}

impl WebSocketHelper for Adapter {
    type Request = Request<Bytes>;
    type Pending = ();
    type Response = Answer;
    type Runtime = MemoryRuntime;

    fn runtime(&self) -> &MemoryRuntime {
        &self.runtime
    }

    fn read(&self, request: Request<Bytes>) -> (Upgrade, ()) {
        let (parts, _) = request.into_parts();
        let address = parts.extensions.get().copied();
        (Upgrade::new(parts).with_remote_addr(address), ())
    }

    fn respond(&self, (): (), response: Response<String>) -> Answer {
        (response.map(Bytes::from), None)
    }

    async fn accept(&self, (): (), mut admission: Admission) -> Answer {
        let (client, server) = duplex(STREAM_BYTES);
        let head = switching_protocols(&admission);
        let entered = match admission.record(self.seams.budget) {
            Ok(Some(record)) => self.places.enter(&record, server),
            Ok(None) => {
                let stream = Stream::new(server, admission.limits().message.clone(), Default::default());
                World::current().spawn(drive(stream, admission, self.runtime.clone()));
                Ok(())
            }
            Err(refusal) => Err(refusal),
        };
        match entered {
            Ok(()) => (head, Some(client)),
            Err(refusal) => self.respond((), refusal.response()),
        }
    }
}

/// The places of the host: one for each room, one for each socket.
#[derive(Clone)]
struct Places(Arc<Inner>);

struct Inner {
    /// The app as it is at the edge.
    app: BuiltApp,
    seams: Seams,
    store: Store,
    /// Of a room by its key, of a socket by its id.
    all: Mutex<BTreeMap<String, Arc<Place>>>,
}

impl Places {
    fn new(app: &BuiltApp, seams: Seams) -> Self {
        Self(Arc::new_cyclic(|places| {
            let app = app.with_elsewhere(Switchboard(Weak::clone(places)));
            Inner { app, seams, store: Store::default(), all: Mutex::default() }
        }))
    }

    fn at(&self, name: String) -> Arc<Place> {
        let new = || Arc::new(Place::new(self.0.app.clone(), self.0.seams));
        Arc::clone(lock(&self.0.all).entry(name).or_insert_with(new))
    }

    fn enter(&self, record: &Record, server: DuplexStream) -> Result<(), Refusal> {
        let name = record.room().map_or_else(|| record.id().to_string(), |room| room.to_string());
        let stream = Stream::new(server, socket::limits(), Default::default());
        self.at(name).enter(record, stream, &self.0.store)
    }
}

struct Switchboard(Weak<Inner>);

impl Elsewhere for Switchboard {
    fn ask(&self, room: RoomKey, question: String) -> BoxFuture<'_, Result<String, BoxError>> {
        let places = self.0.upgrade().map(Places);
        Box::pin(async move {
            let place = places.ok_or("the host is gone")?.at(room.to_string());
            Ok(place.ask(&room, &question)?)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
