//! The in-memory host: an adapter like any other, whose requests and streams never leave the process.

use http::{HeaderMap, Request, Response, StatusCode, header};
use irori::{
    BuiltApp, Upgrade, WebSocketHelper,
    error::Refusal,
    helper::{Admission, drive},
};

use crate::{
    event::{BUDGET, Build, Eviction, Places},
    pipe::{ClientEnd, pipe},
    world::{MemoryRuntime, World},
};

/// The in-memory host.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    world: World,
    runtime: MemoryRuntime,
    /// Where connections live that outlive memory.
    places: Option<Places>,
}

/// An answer of the in-memory host.
#[derive(Debug)]
pub(crate) enum Answer {
    /// No WebSocket.
    Plain(Response<String>),
    /// A WebSocket: the head of the 101, and the client's end.
    Accepted(Response<()>, ClientEnd),
}

impl Memory {
    pub(crate) fn new(world: World) -> Self {
        Self { runtime: world.runtime(), world, places: None }
    }

    /// A host that calls by event, and the app to be served at its edge. Wherever memory comes to life, it is built anew.
    pub(crate) fn by_event(world: World, edge: &BuiltApp, build: Build, eviction: Eviction) -> (Self, BuiltApp) {
        let (places, edge) = Places::of(edge, build, world.clone(), eviction);
        (Self { places: Some(places), ..Self::new(world) }, edge)
    }

    /// The memory of all places vanishes.
    pub(crate) fn evict(&self) {
        self.places.iter().for_each(Places::evict);
    }

    /// Puts `new` in the place of `old` in what is kept with the sockets of a room; says with how many.
    #[cfg(feature = "conformance")]
    pub(crate) fn rewrite(&self, room: &irori::helper::RoomKey, old: &str, new: &str) -> usize {
        self.places.as_ref().map_or(0, |places| places.rewrite(room, old, new))
    }

    /// Brings a connection to its place, when there are places and it can live there.
    fn enter(&self, admission: &mut Admission) -> Result<Option<ClientEnd>, Refusal> {
        let Some(places) = &self.places else { return Ok(None) };
        let record = admission.record(BUDGET)?;
        record.map(|record| places.enter(&record)).transpose()
    }
}

impl WebSocketHelper for Memory {
    type Request = Request<()>;
    type Pending = ();
    type Response = Answer;
    type Runtime = MemoryRuntime;

    fn runtime(&self) -> &MemoryRuntime {
        &self.runtime
    }

    fn read(&self, request: Request<()>) -> (Upgrade, ()) {
        let (parts, ()) = request.into_parts();
        let address = parts.extensions.get().copied();
        (Upgrade::new(parts).with_remote_addr(address), ())
    }

    fn respond(&self, (): (), response: Response<String>) -> Answer {
        Answer::Plain(response)
    }

    async fn accept(&self, (): (), mut admission: Admission) -> Answer {
        let head = switching_protocols(&admission);
        match self.enter(&mut admission) {
            Ok(Some(client)) => return Answer::Accepted(head, client),
            Ok(None) => {}
            Err(refusal) => return Answer::Plain(refusal.response()),
        }
        let (transport, client) = pipe(admission.limits().message.clone());
        self.world.spawn(drive(transport, admission, self.runtime.clone()));
        Answer::Accepted(head, client)
    }
}

fn switching_protocols(admission: &Admission) -> Response<()> {
    let mut headers = HeaderMap::new();
    headers.extend(admission.protocol().map(|protocol| (header::SEC_WEBSOCKET_PROTOCOL, protocol.clone())));
    for (name, value) in admission.headers() {
        headers.append(name, value.clone());
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = headers;
    response
}
