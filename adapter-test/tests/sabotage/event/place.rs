use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

use futures_util::future::{Either, ready};
use irori::{
    BuiltApp, ConnectionId,
    error::Refusal,
    helper::{EventSocket as _, Record, RecordError, Residents, RoomKey},
    rt::{Now, sleep},
    transport::Received,
    wire::Frame,
};
use irori_test::world::World;

use super::{
    lock,
    seams::{Alarm, Seams, Wakes},
    socket::{Event, Socket, Store, attend},
};
use crate::stream::Stream;

/// One place of the host: the sockets that are there, and memory, which vanishes after every event.
pub(super) struct Place {
    app: BuiltApp,
    world: World,
    seams: Seams,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sockets: Vec<Socket>,
    memory: Option<Residents<Socket>>,
    /// How often memory has vanished.
    life: u64,
    alarm: Option<Now>,
}

impl Place {
    pub(super) fn new(app: BuiltApp, seams: Seams) -> Self {
        Self { app, world: World::current(), seams, state: Mutex::default() }
    }

    /// Lets a connection in, or says why it cannot be.
    pub(super) fn enter(self: &Arc<Self>, record: &Record, stream: Stream, store: &Store) -> Result<(), Refusal> {
        let socket = Socket::new(store, self.seams);
        self.with_memory(None, |memory, now| {
            if self.seams.checks {
                memory.check(record)?;
            }
            memory.enter(now, record, socket.clone());
            Ok(())
        })?;
        lock(&self.state).sockets.push(socket.clone());
        self.world.spawn(Arc::clone(self).settle(Some(record.id())));
        self.world.spawn(attend(Arc::clone(self), socket, stream));
        Ok(())
    }

    /// An event of a socket's. What is given ends when the host may go on.
    pub(super) fn call(self: &Arc<Self>, socket: &Socket, event: Event) -> impl Future<Output = ()> + use<> {
        let done = Arc::clone(self).handle(socket, event);
        if self.seams.reads_on {
            self.world.spawn(done);
            Either::Left(ready(()))
        } else {
            Either::Right(done)
        }
    }

    /// The last event of a socket's, which is listed until it was handled.
    pub(super) fn end(self: &Arc<Self>, socket: &Socket, event: Event) {
        let done = Arc::clone(self).handle(socket, event);
        let (place, socket) = (Arc::clone(self), socket.clone());
        self.world.spawn(async move {
            done.await;
            lock(&place.state).sockets.retain(|known| !known.is(&socket));
        });
    }

    pub(super) fn ask(self: &Arc<Self>, room: &RoomKey, question: &str) -> Result<String, serde_json::Error> {
        let answer = self.with_memory(None, |memory, _| memory.answer(room, question));
        if self.seams.polls_answered {
            self.world.spawn(Arc::clone(self).settle(None));
        }
        answer
    }

    pub(super) fn evict(&self) {
        lock(&self.state).forget();
    }

    pub(super) fn rewrite(&self, old: &str, new: &str) -> usize {
        let mut state = lock(&self.state);
        state.forget();
        state.sockets.iter().filter(|socket| socket.rewrite(old, new)).count()
    }

    /// Told at once, so that events stay in order.
    fn handle(self: Arc<Self>, socket: &Socket, event: Event) -> impl Future<Output = ()> + use<> {
        let id = socket.id();
        if let Some(id) = id {
            let is_told = lock(&self.state).memory.is_some() || (self.seams.tells)(&event);
            self.with_memory(Some(socket), |memory, _| match event {
                _ if !is_told => {}
                Event::Message(received) => memory.receive(id, received),
                Event::Close(frame) => memory.receive(id, Received::Close(frame)),
                Event::Lost(why) => memory.lose(id, why),
            });
        }
        async move {
            if id.is_some() {
                self.settle(id).await;
            }
        }
    }

    fn with_memory<T>(&self, caller: Option<&Socket>, call: impl FnOnce(&mut Residents<Socket>, Now) -> T) -> T {
        let (mut state, now) = (lock(&self.state), self.world.now());
        let State { sockets, memory, .. } = &mut *state;
        let is_new = memory.is_none();
        let memory = memory.get_or_insert_with(|| Residents::new(&self.app));
        let is_behind = self.seams.wakes == Wakes::BehindUpgrades && caller.is_none();
        let wakes = |socket: &&Socket| match self.seams.wakes {
            Wakes::All | Wakes::BehindUpgrades => is_new,
            Wakes::Caller => is_new && caller.is_some_and(|caller| caller.is(socket)),
            Wakes::NoOne => false,
        };
        let sleepers: Vec<_> = sockets.iter().filter(wakes).collect();
        if is_behind {
            let done = call(memory, now);
            sleepers.iter().for_each(|socket| self.waken(memory, now, socket));
            return done;
        }
        sleepers.iter().for_each(|socket| self.waken(memory, now, socket));
        call(memory, now)
    }

    fn waken(&self, memory: &mut Residents<Socket>, now: Now, socket: &Socket) {
        let kept = socket.kept();
        if !self.seams.shows_outdated && matches!(Record::read(&kept), Err(RecordError::Outdated { .. })) {
            return;
        }
        if memory.resume(now, &kept, socket.clone()) == Err(RecordError::Foreign) && self.seams.closes_foreign {
            socket.close(Frame::close(None));
        }
    }

    /// Runs what an event set off. Then memory vanishes, unless a hook runs.
    async fn settle(self: Arc<Self>, of: Option<ConnectionId>) {
        let life = lock(&self.state).life;
        poll_fn(|cx| {
            let mut state = lock(&self.state);
            let State { memory, life: now_living, alarm, .. } = &mut *state;
            let Some(memory) = memory.as_mut().filter(|_| *now_living == life) else { return Poll::Ready(()) };
            let polled = memory.poll(self.world.now(), of, cx);
            if let Some(at) = memory.next_deadline()
                && alarm.replace(at) != Some(at)
            {
                self.call_at(at, life);
            }
            if self.seams.waits { polled } else { Poll::Ready(()) }
        })
        .await;
        let mut state = lock(&self.state);
        if state.memory.as_ref().is_some_and(|memory| memory.is_at_rest(None) || !self.seams.waits) {
            state.forget();
        }
    }

    fn call_at(self: &Arc<Self>, at: Now, life: u64) {
        let place = Arc::clone(self);
        self.world.spawn(async move {
            sleep(&place.world.runtime(), at.since(place.world.now())).await;
            let rings = {
                let mut state = lock(&place.state);
                let is_heard = match place.seams.alarm {
                    Alarm::OfTheHost => true,
                    Alarm::InMemory => state.life == life,
                    Alarm::Never => false,
                };
                is_heard && state.alarm.take_if(|alarm| *alarm == at).is_some()
            };
            if rings {
                place.with_memory(None, |_, _| ());
                Box::pin(place.settle(None)).await;
            }
        });
    }
}

impl State {
    fn forget(&mut self) {
        self.life += 1;
        self.memory = None;
    }
}
