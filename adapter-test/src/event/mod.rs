//! The in-memory host that calls by event: its sockets outlive its memory, as those of a Durable Object do.

mod place;
mod socket;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use irori::{
    BuiltApp,
    error::Refusal,
    helper::{Elsewhere, Record, RoomKey},
    rt::{BoxError, BoxFuture},
};

pub(crate) use self::socket::BUDGET;
use self::{place::Place, socket::listen};
use crate::{
    pipe::{ClientEnd, pipe},
    world::World,
};

/// When the memory of a host that calls by event vanishes. Its sockets stay, and what was kept with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Eviction {
    /// Only when the test says so: [`TestServer::evict`](crate::TestServer::evict).
    WhenAsked,
    /// After every event, once no hook runs.
    AfterEveryEvent,
    /// After about one event in four, the same ones in every run of this seed.
    AtRandom(u64),
}

/// Builds the app. Each memory does so when it comes to life, so that nothing a handler keeps is in two of them.
pub(crate) type Build = Arc<dyn Fn() -> BuiltApp + Send + Sync>;

/// The places of a host: one for each room, one for each socket.
#[derive(Clone)]
pub(crate) struct Places(Arc<Inner>);

struct Inner {
    world: World,
    eviction: Eviction,
    build: Build,
    rooms: Mutex<BTreeMap<String, Arc<Place>>>,
    /// The places of sockets, each with one.
    alone: Mutex<Vec<Arc<Place>>>,
}

impl Places {
    /// The places, and the app as it is at the edge, where upgrades are admitted; that is built already.
    pub(crate) fn of(edge: &BuiltApp, build: Build, world: World, eviction: Eviction) -> (Self, BuiltApp) {
        let inner = Arc::new_cyclic(|places: &Weak<Inner>| {
            let switchboard = Switchboard(Weak::clone(places));
            let build: Build = Arc::new(move || build().with_elsewhere(switchboard.clone()));
            Inner { world, eviction, build, rooms: Mutex::default(), alone: Mutex::default() }
        });
        let edge = edge.with_elsewhere(Switchboard(Arc::downgrade(&inner)));
        (Self(inner), edge)
    }

    /// Brings a connection to where it belongs, or says why it cannot be there.
    pub(crate) fn enter(&self, record: &Record) -> Result<ClientEnd, Refusal> {
        let place = match record.room() {
            Some(room) => self.room(&room),
            None => {
                let place = self.place();
                lock(&self.0.alone).push(Arc::clone(&place));
                place
            }
        };
        place.check(record)?;
        let (transport, client) = pipe(socket::limits());
        let socket = place.enter(record, transport);
        let (opening, id) = (Arc::clone(&place), record.id());
        self.0.world.spawn(async move { opening.settle(Some(id)).await });
        self.0.world.spawn(listen(place, socket, self.0.world.clone()));
        Ok(client)
    }

    /// All memory vanishes, whatever runs in it.
    pub(crate) fn evict(&self) {
        let rooms: Vec<_> = lock(&self.0.rooms).values().cloned().collect();
        let alone = lock(&self.0.alone).clone();
        rooms.iter().chain(&alone).for_each(|place| place.evict());
    }

    /// Puts `new` in the place of `old` in what is kept in a room, whose memory vanishes; says of how many sockets.
    #[cfg(feature = "conformance")]
    pub(crate) fn rewrite(&self, room: &RoomKey, old: &str, new: &str) -> usize {
        self.room(room).rewrite(old, new)
    }

    fn room(&self, key: &RoomKey) -> Arc<Place> {
        Arc::clone(lock(&self.0.rooms).entry(key.to_string()).or_insert_with(|| self.place()))
    }

    fn place(&self) -> Arc<Place> {
        Arc::new(Place::new(Arc::clone(&self.0.build), self.0.world.clone(), self.0.eviction))
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").field("eviction", &self.0.eviction).finish_non_exhaustive()
    }
}

/// Reaches rooms in their places.
#[derive(Clone)]
struct Switchboard(Weak<Inner>);

impl Elsewhere for Switchboard {
    fn ask(&self, room: RoomKey, question: String) -> BoxFuture<'_, Result<String, BoxError>> {
        let places = self.0.upgrade().map(Places);
        Box::pin(async move {
            let place = places.ok_or("the host is gone")?.room(&room);
            Ok(place.ask(&room, &question)?)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
