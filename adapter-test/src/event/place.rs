use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

use irori::{
    BuiltApp, ConnectionId,
    error::Refusal,
    helper::{Record, Residents, RoomKey},
    rt::{Now, Runtime as _, sleep},
    transport::Received,
    wire::CloseFrame,
};

use super::{Eviction, lock, socket::Socket};
use crate::{pipe::MemoryTransport, world::World};

/// One place of the host: the sockets that are there, and the memory that may vanish.
pub(super) struct Place {
    app: BuiltApp,
    world: World,
    eviction: Eviction,
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
    pub(super) fn new(app: &BuiltApp, world: World, eviction: Eviction) -> Self {
        Self { app: app.clone(), world, eviction, state: Mutex::default() }
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
        let mut state = lock(&self.state);
        state.evictions += 1;
        state.memory = None;
    }

    /// One event, from when it is posted until no hook of its connection runs. Then memory may vanish.
    pub(super) async fn settle(self: &Arc<Self>, of: Option<ConnectionId>) {
        let evictions = lock(&self.state).evictions;
        poll_fn(|cx| {
            let mut state = lock(&self.state);
            let is_gone = state.evictions != evictions;
            match &mut state.memory {
                Some(memory) if !is_gone => memory.poll(self.world.now(), of, cx),
                _ => Poll::Ready(()),
            }
        })
        .await;
        self.set_alarm();
        self.may_vanish();
    }

    /// Calls the place, whose memory comes back first if it is gone.
    fn with_memory<T>(self: &Arc<Self>, call: impl FnOnce(&mut Residents<Socket>, Now) -> T) -> T {
        let (mut state, now) = (lock(&self.state), self.world.now());
        let State { sockets, memory, evictions, .. } = &mut *state;
        let memory = memory.get_or_insert_with(|| {
            self.watch(*evictions);
            let mut memory = Residents::new(&self.app);
            for socket in sockets.iter() {
                // One that cannot be brought back is turned out by that.
                let _ = memory.resume(now, &socket.kept(), socket.clone());
            }
            memory
        });
        call(memory, now)
    }

    /// Looks after what happens between the calls of the host, for as long as memory lasts.
    fn watch(self: &Arc<Self>, evictions: u64) {
        let place = Arc::clone(self);
        self.world.spawn(poll_fn(move |cx| {
            let mut state = lock(&place.state);
            let is_gone = state.evictions != evictions;
            match &mut state.memory {
                Some(memory) if !is_gone => memory.watch(place.world.now(), cx),
                _ => return Poll::Ready(()),
            }
            Poll::Pending
        }));
    }

    /// Sees to it that the host calls when the next deadline has come.
    fn set_alarm(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        let Some(at) = state.memory.as_ref().and_then(Residents::next_deadline) else { return };
        if state.alarm.replace(at).is_some_and(|set| set == at) {
            return;
        }
        let (place, runtime) = (Arc::clone(self), self.world.runtime());
        self.world.spawn(async move {
            sleep(&runtime, at.since(runtime.now())).await;
            if lock(&place.state).alarm.take_if(|alarm| *alarm == at).is_some() {
                place.with_memory(|_, _| ());
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
            Eviction::AtRandom(seed) => (seed ^ state.events).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62 == 0,
        };
        if vanishes && state.memory.as_ref().is_some_and(|memory| memory.is_at_rest(None)) {
            state.evictions += 1;
            state.memory = None;
        }
    }
}
