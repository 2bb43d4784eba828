use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

use irori::{
    ConnectionId,
    error::Refusal,
    helper::{Record, Residents, RoomKey},
    rt::{Now, Runtime as _, sleep},
    transport::Received,
    wire::CloseFrame,
};

use super::{Build, Eviction, lock, socket::Socket};
use crate::{pipe::MemoryTransport, world::World};

/// One place of the host: the sockets that are there, and the memory that may vanish.
pub(super) struct Place {
    build: Build,
    world: World,
    eviction: Eviction,
    /// What makes its luck another one than that of its neighbours.
    salt: u64,
    state: Mutex<State>,
}

/// How a socket ends.
pub(super) enum End {
    Closed(Option<CloseFrame>),
    Lost(Option<String>),
}

#[derive(Default)]
struct State {
    sockets: Vec<Socket>,
    memory: Option<Residents<Socket>>,
    /// How often memory has vanished: calls that began before belong to nothing any more.
    evictions: u64,
    /// Events so far.
    events: u64,
    /// When the host is to call for the time.
    alarm: Option<Now>,
}

impl Place {
    pub(super) fn new(build: Build, world: World, eviction: Eviction) -> Self {
        Self { build, salt: world.random() as u64, world, eviction, state: Mutex::default() }
    }

    pub(super) fn check(self: &Arc<Self>, record: &Record) -> Result<(), Refusal> {
        self.with_memory(|memory, _| memory.check(record))
    }

    /// Lets a socket in; [`settle`](Self::settle) then opens its connection.
    pub(super) fn enter(self: &Arc<Self>, record: &Record, transport: MemoryTransport) -> Socket {
        let socket = Socket::new(transport);
        self.with_memory(|memory, now| memory.enter(now, record, socket.clone()));
        lock(&self.state).sockets.push(socket.clone());
        socket
    }

    pub(super) fn receive(self: &Arc<Self>, socket: &Socket, received: Received) -> impl Future<Output = ()> + use<> {
        self.call(socket, |memory, id| memory.receive(id, received))
    }

    /// The client has closed, or is gone; the host lists the socket until that was dealt with.
    pub(super) fn end(self: &Arc<Self>, socket: &Socket, how: End) -> impl Future<Output = ()> + use<> {
        let ending = self.call(socket, |memory, id| match how {
            End::Closed(frame) => memory.receive(id, Received::Close(frame)),
            End::Lost(why) => memory.lose(id, why),
        });
        let (place, socket) = (Arc::clone(self), socket.clone());
        async move {
            ending.await;
            lock(&place.state).sockets.retain(|known| !known.is(&socket));
        }
    }

    /// One event: posted at once, so that they stay in order, and over when the future is.
    fn call<E>(self: &Arc<Self>, socket: &Socket, event: E) -> impl Future<Output = ()> + use<E>
    where
        E: FnOnce(&mut Residents<Socket>, ConnectionId),
    {
        let id = socket.id();
        if let Some(id) = id {
            self.with_memory(|memory, _| event(memory, id));
        }
        let place = Arc::clone(self);
        async move {
            if id.is_some() {
                place.settle(id).await;
            }
        }
    }

    pub(super) fn ask(self: &Arc<Self>, room: &RoomKey, question: &str) -> Result<String, serde_json::Error> {
        let answer = self.with_memory(|memory, _| memory.answer(room, question));
        let place = Arc::clone(self);
        self.world.spawn(async move { place.settle(None).await });
        answer
    }

    pub(super) fn evict(&self) {
        lock(&self.state).forget();
    }

    /// Puts `new` in the place of `old` in what is kept here; says with how many sockets.
    #[cfg(feature = "conformance")]
    pub(super) fn rewrite(&self, old: &str, new: &str) -> usize {
        let mut state = lock(&self.state);
        state.forget();
        state.sockets.iter().filter(|socket| socket.rewrite(old, new)).count()
    }

    /// One event, from when it is posted until no hook of its connection runs. Then memory may vanish.
    pub(super) async fn settle(self: &Arc<Self>, of: Option<ConnectionId>) {
        let life = lock(&self.state).evictions;
        poll_fn(|cx| self.poll(life, |memory, now| memory.poll(now, of, cx))).await;
        self.may_vanish();
    }

    /// Calls the place, whose memory comes back first if it is gone.
    fn with_memory<T>(self: &Arc<Self>, call: impl FnOnce(&mut Residents<Socket>, Now) -> T) -> T {
        let (mut state, now) = (lock(&self.state), self.world.now());
        let State { sockets, memory, evictions, .. } = &mut *state;
        let memory = memory.get_or_insert_with(|| {
            self.watch(*evictions);
            let mut memory = Residents::new(&(self.build)());
            for socket in sockets.iter() {
                // One that cannot be brought back is turned out by that.
                let _ = memory.resume(now, &socket.kept(), socket.clone());
            }
            memory
        });
        call(memory, now)
    }

    /// Looks after what happens between the calls of the host, for as long as memory lasts.
    fn watch(self: &Arc<Self>, life: u64) {
        let place = Arc::clone(self);
        self.world.spawn(poll_fn(move |cx| {
            place.poll(life, |memory, now| {
                memory.watch(now, cx);
                Poll::Pending
            })
        }));
    }

    /// Polls memory, for as long as it is the one of this life, and sees to it that the host calls in time.
    fn poll<P>(self: &Arc<Self>, life: u64, poll: P) -> Poll<()>
    where
        P: FnOnce(&mut Residents<Socket>, Now) -> Poll<()>,
    {
        let mut state = lock(&self.state);
        let State { memory, evictions, alarm, .. } = &mut *state;
        let Some(memory) = memory.as_mut().filter(|_| *evictions == life) else {
            return Poll::Ready(());
        };
        let polled = poll(memory, self.world.now());
        if let Some(at) = memory.next_deadline()
            && alarm.replace(at) != Some(at)
        {
            self.call_at(at);
        }
        polled
    }

    /// An alarm of the host's, which outlives memory.
    fn call_at(self: &Arc<Self>, at: Now) {
        let (place, runtime) = (Arc::clone(self), self.world.runtime());
        self.world.spawn(async move {
            sleep(&runtime, at.since(runtime.now())).await;
            if lock(&place.state).alarm.take_if(|alarm| *alarm == at).is_some() {
                place.with_memory(|_, _| ());
                // Boxed, since it may call again.
                Box::pin(place.settle(None)).await;
            }
        });
    }

    fn may_vanish(&self) {
        let mut state = lock(&self.state);
        state.events += 1;
        let vanishes = match self.eviction {
            Eviction::WhenAsked => false,
            Eviction::AfterEveryEvent => true,
            Eviction::AtRandom(seed) => {
                let event = seed ^ self.salt ^ state.events;
                event.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62 == 0
            }
        };
        if vanishes && state.memory.as_ref().is_some_and(|memory| memory.is_at_rest(None)) {
            state.forget();
        }
    }
}

impl State {
    fn forget(&mut self) {
        self.evictions += 1;
        self.memory = None;
    }
}
