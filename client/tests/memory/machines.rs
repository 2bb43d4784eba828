//! Machines on which something happens at an awkward moment.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use futures_util::stream;
use irori_client::{
    Endpoint, Options,
    platform::{BoxError, CloseFrame, Connection, Incoming, Network, Now, Platform, Request, Runtime, Stream, Text},
};
use irori_test::Machine;

type MachineTimer = <Machine as Runtime>::Timer;
type MachineConnection = <Machine as Platform>::Connection;

/// What the client of a [`Racing`] machine just got, and has not told anybody yet.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    Connected,
    Message,
    Closed,
}

/// A machine on which another thread is faster, once: what it does is done when its moment has come, right before the
/// client takes its lock for it.
#[derive(Clone)]
pub(crate) struct Racing {
    pub(crate) machine: Machine,
    moment: Moment,
    race: Arc<Race>,
}

#[derive(Default)]
struct Race {
    /// Whether its moment has come.
    due: AtomicBool,
    act: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Racing {
    pub(crate) fn new(machine: Machine, moment: Moment) -> Self {
        Self { machine, moment, race: Arc::default() }
    }

    pub(crate) fn options(&self) -> Options<Self> {
        Options::through_to(self.clone(), Endpoint::new("/"))
    }

    pub(crate) fn act(&self, act: impl FnOnce() + Send + 'static) {
        *lock(&self.race.act) = Some(Box::new(act));
    }

    fn comes(&self, moment: Moment) {
        let is_it = moment == self.moment && lock(&self.race.act).is_some();
        self.race.due.fetch_or(is_it, Ordering::Relaxed);
    }
}

impl Runtime for Racing {
    type Timer = MachineTimer;

    fn now(&self) -> Now {
        if self.race.due.swap(false, Ordering::Relaxed) {
            let act = lock(&self.race.act).take();
            act.into_iter().for_each(|act| act());
        }
        self.machine.now()
    }

    fn timer(&self) -> MachineTimer {
        self.machine.timer()
    }

    fn random(&self) -> u128 {
        self.machine.random()
    }
}

impl Platform for Racing {
    type Connection = RacingConnection;

    async fn dial(&self, request: Request) -> Result<RacingConnection, BoxError> {
        let connection = self.machine.dial(request).await?;
        self.comes(Moment::Connected);
        Ok(RacingConnection { connection, machine: self.clone() })
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.machine.spawn(task);
    }
}

pub(crate) struct RacingConnection {
    connection: MachineConnection,
    machine: Racing,
}

impl Connection for RacingConnection {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        self.connection.poll_recv(cx).map(|incoming| {
            self.machine.comes(match incoming {
                Incoming::Message(_) => Moment::Message,
                Incoming::Closed(_) => Moment::Closed,
            });
            incoming
        })
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.poll_ready(cx)
    }

    fn send(&mut self, text: Text) {
        self.connection.send(text);
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.poll_flush(cx)
    }

    fn close(&mut self, frame: &CloseFrame) {
        self.connection.close(frame);
    }
}

/// A machine whose runtime can end, and on which the news of the network do.
#[derive(Clone)]
pub(crate) struct Mortal {
    pub(crate) machine: Machine,
    task: Arc<Mutex<Option<Task>>>,
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Mortal {
    pub(crate) fn new(machine: Machine) -> Self {
        Self { machine, task: Arc::default() }
    }

    pub(crate) fn options(&self) -> Options<Self> {
        Options::through_to(self.clone(), Endpoint::new("/"))
    }

    /// Polls the task of its client.
    pub(crate) fn poll(&self) {
        if let Some(task) = lock(&self.task).as_mut() {
            let _ = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    }

    /// As a runtime that shuts down.
    pub(crate) fn end(&self) {
        let task = lock(&self.task).take();
        drop(task);
    }
}

impl Runtime for Mortal {
    type Timer = MachineTimer;

    fn now(&self) -> Now {
        self.machine.now()
    }

    fn timer(&self) -> MachineTimer {
        self.machine.timer()
    }

    fn random(&self) -> u128 {
        self.machine.random()
    }
}

impl Platform for Mortal {
    type Connection = MachineConnection;

    async fn dial(&self, request: Request) -> Result<MachineConnection, BoxError> {
        self.machine.dial(request).await
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        *lock(&self.task) = Some(Box::pin(task));
    }

    /// It may not be asked again once it has ended.
    fn network(&self) -> impl Stream<Item = Network> + Send + 'static {
        stream::unfold((), async |()| None)
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
