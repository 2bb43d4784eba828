//! All that is shared between connections: the rooms and the list of who is connected. Its locks are held for moments,
//! in the order hub, room, outbox, and never across an await or a call of the app's code.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use crate::{
    error::Refusal,
    id::ConnectionId,
    limits::Limits,
    link::{Link, ReadyState},
    room::{Audience, Room, RoomKey, Sink, Tally},
    seat::Seat,
    session::Session,
    wire::Frame,
};

#[derive(Debug)]
pub(crate) struct Hub {
    limits: Arc<Limits>,
    rooms: Mutex<HashMap<RoomKey, Arc<Cell>>>,
    visitors: Mutex<Visitors>,
    forgotten: AtomicBool,
    home: OnceLock<RoomKey>,
}

type Cell = Mutex<Room<Arc<Link>>>;

#[derive(Debug, Default)]
struct Visitors {
    links: BTreeMap<ConnectionId, Weak<Link>>,
    per_address: HashMap<IpAddr, usize>,
    draining: bool,
    /// Who waits until everybody is gone.
    waiting: Vec<Waker>,
}

/// A member of a room, seen from outside.
pub(crate) struct Member {
    pub(crate) id: ConnectionId,
    pub(crate) state: Option<Bytes>,
}

impl Hub {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self {
            limits,
            rooms: Mutex::default(),
            visitors: Mutex::default(),
            forgotten: AtomicBool::default(),
            home: OnceLock::new(),
        }
    }

    /// Counts a connection in, and out again when the place is dropped.
    pub(crate) fn enter(self: &Arc<Self>, link: &Arc<Link>, address: Option<IpAddr>) -> Result<Place, Refusal> {
        let limits = &self.limits.connections;
        let mut visitors = lock(&self.visitors);
        if visitors.draining {
            return Err(Refusal::Draining);
        }
        let here = address.and_then(|address| visitors.per_address.get(&address)).copied().unwrap_or(0);
        let full = limits.total.is_some_and(|most| visitors.links.len() >= most)
            || (address.is_some() && limits.per_address.is_some_and(|most| here >= most));
        if full {
            return Err(Refusal::Full);
        }
        visitors.links.insert(link.id(), Arc::downgrade(link));
        if let Some(address) = address {
            visitors.per_address.insert(address, here + 1);
        }
        Ok(Place { hub: Arc::clone(self), link: Arc::clone(link), address })
    }

    /// Counts a connection in that was let in elsewhere, or was here before memory was gone.
    pub(crate) fn reenter(self: &Arc<Self>, link: &Arc<Link>) -> Place {
        lock(&self.visitors).links.insert(link.id(), Arc::downgrade(link));
        Place { hub: Arc::clone(self), link: Arc::clone(link), address: None }
    }

    pub(crate) fn connections(&self) -> usize {
        lock(&self.visitors).links.len()
    }

    /// Lets nobody in any more, and asks everybody to go within `limits.close.drain`.
    pub(crate) fn drain(&self) {
        lock(&self.visitors).draining = true;
        for link in self.links() {
            link.drain(Session::drain_delay(link.id().seed(), self.limits.close.drain));
        }
    }

    /// Ends every connection without a word.
    pub(crate) fn cut(&self) {
        self.links().iter().for_each(|link| link.cut());
    }

    /// Says which room lives here, where every room lives in a place of its own.
    pub(crate) fn settle(&self, key: RoomKey) {
        // Every resident says the same.
        let _ = self.home.set(key);
    }

    /// Whether this room lives here.
    pub(crate) fn is_home_of(&self, key: &RoomKey) -> bool {
        self.home.get() == Some(key)
    }

    /// Whether everybody was said goodbye to and is gone: nobody will be in a room any more.
    pub(crate) fn is_shut(&self) -> bool {
        let visitors = lock(&self.visitors);
        visitors.draining && visitors.links.is_empty()
    }

    /// Ready once nobody is connected.
    pub(crate) fn poll_empty(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut visitors = lock(&self.visitors);
        if visitors.links.is_empty() {
            return Poll::Ready(());
        }
        if !visitors.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            visitors.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Whether a connection to this room could be let in now.
    pub(crate) fn has_place(&self, key: &RoomKey) -> bool {
        let (cell, rooms) = {
            let rooms = lock(&self.rooms);
            (rooms.get(key).cloned(), rooms.len())
        };
        match cell {
            Some(cell) => lock(&cell).len() < self.limits.room.members,
            None => rooms < self.limits.room.rooms,
        }
    }

    /// Lets a connection into a room, which comes to be with its first member. `None` when there is no place.
    pub(crate) fn join(self: &Arc<Self>, key: RoomKey, link: &Arc<Link>, state: Option<Bytes>) -> Option<Membership> {
        loop {
            let cell = self.open(&key)?;
            let mut tally = Tally::default();
            let seat = {
                let mut room = lock(&cell);
                if room.is_disposed() {
                    continue;
                }
                if room.len() >= self.limits.room.members {
                    return None;
                }
                room.join(Arc::clone(link), state, &mut tally)
            };
            tally.wake();
            return Some(Membership { hub: Arc::clone(self), key, cell, seat });
        }
    }

    /// Puts a connection back into its seat, after memory was gone: nobody hears of it.
    pub(crate) fn rejoin(
        self: &Arc<Self>,
        key: RoomKey,
        link: &Arc<Link>,
        seat: Seat,
        state: Option<Bytes>,
    ) -> Membership {
        loop {
            let cell = Arc::clone(lock(&self.rooms).entry(key.clone()).or_default());
            {
                let mut room = lock(&cell);
                if room.is_disposed() {
                    continue;
                }
                room.restore(seat, Arc::clone(link), state);
            }
            return Membership { hub: Arc::clone(self), key, cell, seat };
        }
    }

    /// Tells all rooms that a member is gone who could not be put back, and of whom nothing more is known.
    pub(crate) fn tell_gone(&self, id: ConnectionId) {
        let cells: Vec<_> = lock(&self.rooms).values().cloned().collect();
        for cell in cells {
            let mut tally = Tally::default();
            lock(&cell).tell_gone(id, &mut tally);
            tally.wake();
        }
    }

    /// From now on whoever is dropped is forgotten and has not ended: memory vanishes, their sockets stay.
    pub(crate) fn forget(&self) {
        self.forgotten.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::Relaxed)
    }

    /// Sends a frame into a room from outside of it. Nobody there is no error.
    pub(crate) fn broadcast(&self, key: &RoomKey, frame: Frame, audience: Audience) -> Tally {
        match self.find(key) {
            Some(cell) => broadcast(&cell, frame, audience),
            None => Tally::default(),
        }
    }

    pub(crate) fn members(&self, key: &RoomKey) -> Vec<Member> {
        self.find(key).map(|cell| members(&cell)).unwrap_or_default()
    }

    /// The connection of one member of a room.
    pub(crate) fn member(&self, key: &RoomKey, id: ConnectionId) -> Option<Arc<Link>> {
        let cell = self.find(key)?;
        let room = lock(&cell);
        room.members().find(|(link, _)| link.id() == id).map(|(link, _)| Arc::clone(link))
    }

    fn find(&self, key: &RoomKey) -> Option<Arc<Cell>> {
        lock(&self.rooms).get(key).cloned()
    }

    fn open(&self, key: &RoomKey) -> Option<Arc<Cell>> {
        let mut rooms = lock(&self.rooms);
        let count = rooms.len();
        match rooms.entry(key.clone()) {
            Entry::Occupied(room) => Some(Arc::clone(room.get())),
            Entry::Vacant(_) if count >= self.limits.room.rooms => None,
            Entry::Vacant(place) => Some(Arc::clone(place.insert(Arc::default()))),
        }
    }

    /// Forgets a room when nobody is left in it. Somebody on the way in finds it disposed and opens another.
    fn dispose(&self, key: &RoomKey, cell: &Arc<Cell>) {
        let mut rooms = lock(&self.rooms);
        let is_this_one = rooms.get(key).is_some_and(|known| Arc::ptr_eq(known, cell));
        if is_this_one && lock(cell).dispose() {
            rooms.remove(key);
        }
    }

    fn links(&self) -> Vec<Arc<Link>> {
        lock(&self.visitors).links.values().filter_map(Weak::upgrade).collect()
    }
}

/// A connection's place in the count of connections. Dropped, the connection is closed for all who hold a handle to it.
#[derive(Debug)]
pub(crate) struct Place {
    hub: Arc<Hub>,
    link: Arc<Link>,
    address: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.link.advance(ReadyState::Closed);
        let waiting = {
            let mut visitors = lock(&self.hub.visitors);
            visitors.links.remove(&self.link.id());
            if let Some(address) = self.address
                && let Entry::Occupied(mut count) = visitors.per_address.entry(address)
            {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
            if visitors.links.is_empty() { std::mem::take(&mut visitors.waiting) } else { Vec::new() }
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// A connection's membership of a room. It leaves when dropped, so that a task that is cut leaves no ghost.
#[derive(Debug)]
pub(crate) struct Membership {
    hub: Arc<Hub>,
    key: RoomKey,
    cell: Arc<Cell>,
    seat: Seat,
}

impl Membership {
    pub(crate) fn seat(&self) -> Seat {
        self.seat
    }

    /// What the member shows.
    pub(crate) fn state(&self) -> Option<Bytes> {
        lock(&self.cell).state(self.seat).cloned()
    }

    pub(crate) fn update(&self, state: Option<Bytes>) {
        let mut tally = Tally::default();
        lock(&self.cell).update(self.seat, state, &mut tally);
        tally.wake();
    }

    pub(crate) fn broadcast(&self, frame: Frame, audience: Audience) -> Tally {
        broadcast(&self.cell, frame, audience)
    }

    pub(crate) fn members(&self) -> Vec<Member> {
        members(&self.cell)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if self.hub.is_forgotten() {
            return;
        }
        let mut tally = Tally::default();
        let empty = {
            let mut room = lock(&self.cell);
            room.leave(self.seat, &mut tally);
            room.len() == 0
        };
        tally.wake();
        if empty {
            self.hub.dispose(&self.key, &self.cell);
        }
    }
}

fn broadcast(cell: &Cell, frame: Frame, audience: Audience) -> Tally {
    let mut tally = Tally::default();
    lock(cell).broadcast(frame, audience, &mut tally);
    tally.wake();
    tally
}

fn members(cell: &Cell) -> Vec<Member> {
    lock(cell).members().map(|(link, state)| Member { id: link.id(), state: state.cloned() }).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks calls the app's code: a poisoned one is as good as any.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
