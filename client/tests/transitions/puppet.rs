//! A platform whose sockets do what a test says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_util::{Stream, future::poll_fn, stream};
use irori::{
    CloseInfo, Message,
    rt::{BoxError, Now, Runtime},
    wire::{CloseFrame, Text},
};
use irori_client::{
    Endpoint, Request,
    platform::{Connection, Incoming, Network, Platform},
};
use irori_test::world::{MemoryRuntime, MemoryTimer, World};
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Puppet {
    pub(crate) world: World,
    runtime: MemoryRuntime,
    stage: Arc<Mutex<Stage>>,
}

#[derive(Default)]
struct Stage {
    attempts: usize,
    refuse_address: bool,
    /// The socket under way or open: the last one.
    current: usize,
    opened: Option<Result<(), ()>>,
    incoming: VecDeque<Incoming>,
    network: VecDeque<Network>,
    random: VecDeque<f64>,
    wire: Vec<String>,
    closed_with: Value,
    wakers: Vec<Waker>,
}

impl Puppet {
    pub(crate) fn new(random: Vec<f64>) -> Self {
        let world = World::new();
        let stage = Stage { random: random.into(), ..Stage::default() };
        Self { runtime: world.runtime(), world, stage: Arc::new(Mutex::new(stage)) }
    }

    /// The function that is asked for the address.
    pub(crate) fn address(&self) -> Result<Endpoint, BoxError> {
        let mut stage = self.lock();
        stage.attempts += 1;
        if std::mem::take(&mut stage.refuse_address) { Err("no".into()) } else { Ok("/".into()) }
    }

    pub(crate) fn refuse_address(&self) {
        self.lock().refuse_address = true;
    }

    pub(crate) fn attempts(&self) -> usize {
        self.lock().attempts
    }

    pub(crate) fn open(&self) {
        self.act(|stage| stage.opened = Some(Ok(())));
    }

    /// The socket ends, or the attempt fails.
    pub(crate) fn end(&self, info: CloseInfo) {
        self.act(|stage| match stage.opened {
            None => stage.opened = Some(Err(())),
            Some(_) => stage.incoming.push_back(Incoming::Closed(info)),
        });
    }

    pub(crate) fn receive(&self, text: String) {
        self.act(|stage| stage.incoming.push_back(Incoming::Message(Message::from(text))));
    }

    pub(crate) fn tell(&self, network: Network) {
        self.act(|stage| stage.network.push_back(network));
    }

    /// What was written since the last call.
    pub(crate) fn wire(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().wire)
    }

    /// What a socket was asked to close with since the last call.
    pub(crate) fn closed_with(&self) -> Value {
        self.lock().closed_with.take()
    }

    fn act(&self, act: impl FnOnce(&mut Stage)) {
        let wakers = {
            let mut stage = self.lock();
            act(&mut stage);
            std::mem::take(&mut stage.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
        self.world.settle();
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls the stage, and again when it changes.
    fn poll<T>(&self, cx: &mut Context<'_>, poll: impl FnOnce(&mut Stage) -> Option<T>) -> Poll<T> {
        let mut stage = self.lock();
        poll(&mut stage).map_or_else(
            || {
                stage.wakers.push(cx.waker().clone());
                Poll::Pending
            },
            Poll::Ready,
        )
    }
}

impl Runtime for Puppet {
    type Timer = MemoryTimer;

    fn now(&self) -> Now {
        self.runtime.now()
    }

    fn timer(&self) -> MemoryTimer {
        self.runtime.timer()
    }

    fn random(&self) -> u128 {
        let part = self.lock().random.pop_front().unwrap();
        ((part * (1_u64 << 53) as f64) as u128) << 75
    }
}

impl Platform for Puppet {
    type Connection = Wire;

    async fn dial(&self, _: Request) -> Result<Wire, BoxError> {
        let number = {
            let mut stage = self.lock();
            stage.current += 1;
            stage.opened = None;
            stage.incoming.clear();
            stage.current
        };
        let opened = poll_fn(|cx| self.poll(cx, |stage| stage.opened)).await;
        opened.map(|()| Wire { number, puppet: self.clone() }).map_err(|()| "no".into())
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.world.spawn(task);
    }

    fn network(&self) -> impl Stream<Item = Network> + Send + 'static {
        let puppet = self.clone();
        stream::poll_fn(move |cx| puppet.poll(cx, |stage| stage.network.pop_front()).map(Some))
    }
}

pub(crate) struct Wire {
    number: usize,
    puppet: Puppet,
}

impl Connection for Wire {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let number = self.number;
        self.puppet.poll(cx, |stage| if stage.current == number { stage.incoming.pop_front() } else { None })
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(&mut self, text: Text) {
        self.puppet.lock().wire.push(text.to_string());
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn close(&mut self, frame: &CloseFrame) {
        self.puppet.lock().closed_with = json!([frame.code().as_u16(), frame.reason()]);
    }
}
