//! Where the clients of cases run that are clients of `irori-client`: on the host's clock, over the host's peers.

mod wire;

use std::{
    future::ready,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::Stream;
use irori::{
    Message,
    rt::{BoxError, Now, Runtime},
};
use irori_client::{
    Endpoint, Options, Request,
    platform::{Network, Platform},
};
use tokio::sync::watch;

use self::wire::{Slips, Wire};
use super::{
    client::{Dial, Server},
    suite::{Pause, PauseTimer},
    tasks::Tasks,
};
use crate::platform::line::{Line, State};

/// A machine of a case: clients that were made with one share its fate. What befalls it is done to its line, and not to the
/// host, which needs no capability for it.
#[derive(Clone)]
pub(crate) struct Machine {
    server: Arc<Mutex<Server>>,
    clock: Pause,
    tasks: Tasks,
    line: Arc<Line>,
    asked: Arc<watch::Sender<Vec<Now>>>,
    slips: Slips,
}

impl Machine {
    pub(super) fn new(server: Server, clock: Pause, tasks: Tasks) -> Self {
        let asked = Arc::new(watch::Sender::default());
        Self {
            server: Arc::new(Mutex::new(server)),
            clock,
            tasks,
            line: Arc::default(),
            asked,
            slips: Slips::default(),
        }
    }

    /// Options of a client that runs here, and finds the server's endpoint. When it asks for it is noted.
    pub(crate) fn options(&self) -> Options<Self> {
        let (asked, clock) = (Arc::clone(&self.asked), self.clock.clone());
        Options::through(self.clone(), move || {
            asked.send_modify(|times| times.push(clock.now()));
            ready(Ok(Endpoint::new("/")))
        })
    }

    /// How long each attempt was after the one before, or after `since`.
    pub(crate) fn waits(&self, since: Now) -> Vec<Duration> {
        let asked = self.asked.borrow();
        let mut before = since;
        let later = asked.iter().filter(|at| **at > since);
        later.map(|at| at.since(std::mem::replace(&mut before, *at))).collect()
    }

    /// How many attempts there were.
    pub(crate) fn attempts(&self) -> usize {
        self.asked.borrow().len()
    }

    /// Waits until there were so many attempts.
    pub(crate) async fn reach_attempts(&self, count: usize) {
        // It cannot end: the sender is here.
        let _ = self.asked.subscribe().wait_for(|times| times.len() >= count).await;
    }

    /// Every connection is lost, and none comes about. Both ends notice.
    pub(crate) fn unplug(&self) {
        self.line.set(State::Down);
        self.line.cut();
    }

    /// Connections may come about again.
    pub(crate) fn plug(&self) {
        self.line.set(State::Up);
    }

    /// Attempts to connect neither succeed nor fail from now on.
    pub(crate) fn hang(&self) {
        self.line.set(State::Silent);
    }

    /// Every connection is lost, and new ones may come about.
    pub(crate) fn cut(&self) {
        self.line.cut();
    }

    /// The platform hears this of its network.
    pub(crate) fn tell(&self, network: Network) {
        self.line.tell(network);
    }

    /// Connects to another server from now on.
    pub(crate) fn move_to(&self, server: &Server) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server.clone();
    }

    /// Slips this in before the next thing that comes.
    pub(crate) fn slip_in(&self, message: impl Into<Message>) {
        self.slips.lock().unwrap_or_else(PoisonError::into_inner).push(message.into());
    }

    fn handshake(&self, request: Request) -> Result<Dial, BoxError> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut dial = server.dial(request.url);
        for (name, value) in &request.headers {
            dial = dial.header(name.as_str(), value.to_str()?);
        }
        if !request.protocols.is_empty() {
            dial = dial.header("sec-websocket-protocol", &request.protocols.join(", "));
        }
        Ok(dial)
    }
}

impl Runtime for Machine {
    type Timer = PauseTimer;

    fn now(&self) -> Now {
        self.clock.now()
    }

    fn timer(&self) -> PauseTimer {
        self.clock.timer()
    }

    fn random(&self) -> u128 {
        self.clock.random()
    }
}

impl Platform for Machine {
    type Connection = Wire;

    async fn dial(&self, request: Request) -> Result<Wire, BoxError> {
        let ask = async {
            let answer = self.handshake(request)?.attempt().await;
            answer.map_err(|answer| format!("the host answered {}", answer.status()).into())
        };
        let (client, cut) = self.line.dial(ask).await?;
        Ok(Wire::new(client.into_peer(), cut, self.slips.clone()))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(Box::pin(task));
    }

    fn network(&self) -> impl Stream<Item = Network> + Send + 'static {
        self.line.network()
    }
}
