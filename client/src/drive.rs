//! The task of a client: the only place where its machine meets a connection.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{FutureExt, Stream, StreamExt};
use irori::{
    CloseInfo, Message,
    rt::{BoxFuture, MaybeSend, Now, Runtime, Timer},
    wire::Text,
};

use crate::{
    callback::Ask,
    endpoint::Request,
    machine::{CLOSE_TIMEOUT, Goodbye, Machine, Order},
    mirror::Mirror,
    options::Options,
    platform::{Connection, Incoming, Network, Platform},
    problem::Problem,
    shared::Shared,
    status::Status,
};

/// Messages that are taken, and turns that are made, before others get one.
const TURN: usize = 64;

/// Where a client is connected to, whatever its key.
pub(crate) struct Target {
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    pub(crate) contract: Option<String>,
    pub(crate) address: Arc<dyn Ask>,
}

impl Target {
    pub(crate) fn of<P, Key>(module: &'static str, name: &'static str, options: &Options<P, Key>) -> Self {
        Self { module, name, contract: options.contract.clone(), address: Arc::clone(&options.address) }
    }
}

/// Runs a client until all its handles are gone, or until the runtime is, be it before the first poll.
pub(crate) fn drive<P: Platform, M: Mirror>(
    platform: P,
    shared: Arc<Shared<M>>,
    target: Target,
) -> impl Future<Output = ()> + MaybeSend {
    let end = End(Arc::clone(&shared));
    async move {
        let _end = end;
        let network = pin!(platform.network().fuse());
        let timer = pin!(platform.timer());
        let mut task = Task { link: Link::None, platform: platform.clone(), network, timer, shared, target };
        poll_fn(|cx| task.poll(cx)).await;
    }
}

/// What handles, streams and watches hear of in the end.
struct End<M: Mirror>(Arc<Shared<M>>);

impl<M: Mirror> Drop for End<M> {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct Task<'a, P: Platform, M: Mirror, N> {
    platform: P,
    link: Link<P::Connection>,
    network: Pin<&'a mut N>,
    timer: Pin<&'a mut P::Timer>,
    shared: Arc<Shared<M>>,
    target: Target,
}

enum Link<C> {
    None,
    Dialing(BoxFuture<'static, Result<C, Problem>>),
    Up(C),
}

/// Whether something happened, after which the machine is asked again.
enum Turn {
    Again,
    Rest,
}

impl<P: Platform, M: Mirror, N: Stream<Item = Network>> Task<'_, P, M, N> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.bell().register(cx.waker());
        for _ in 0..TURN {
            if let Some(order) = self.shared.next_order() {
                self.obey(order);
                continue;
            }
            if self.shared.is_over() {
                return Poll::Ready(());
            }
            let turns = [self.poll_link(cx), self.poll_network(cx), self.poll_timer(cx)];
            if turns.iter().all(|turn| matches!(turn, Turn::Rest)) {
                return Poll::Pending;
            }
        }
        // Others get a turn, whatever an app makes of waits of no length.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Dial => self.link = Link::Dialing(self.dial()),
            Order::Close(goodbye) => {
                if let Link::Up(connection) = &mut self.link {
                    say(connection, goodbye);
                }
            }
            Order::Forget(goodbye) => {
                let link = std::mem::replace(&mut self.link, Link::None);
                if let (Link::Up(mut connection), Some(goodbye)) = (link, goodbye) {
                    say(&mut connection, goodbye);
                    self.platform.spawn(farewell(self.platform.clone(), connection));
                }
            }
            Order::Unsent(count) => self.shared.report(&Problem::Unsent { count }),
        }
    }

    /// An attempt: the address, the request, the connection.
    fn dial(&self) -> BoxFuture<'static, Result<P::Connection, Problem>> {
        let (platform, address) = (self.platform.clone(), Arc::clone(&self.target.address));
        let (module, name, contract) = (self.target.module, self.target.name, self.target.contract.clone());
        let params = self.shared.params().map(|params| params.to_json());
        let attempt = async move {
            let endpoint = address.ask().await.map_err(Problem::Address)?;
            let mut target = vec![("m", module), ("s", name)];
            target.extend(params.as_deref().map(|params| ("r", params)));
            target.extend(contract.as_deref().map(|contract| ("c", contract)));
            let request: Request = endpoint.request(&target).map_err(Problem::Address)?;
            platform.dial(request).await.map_err(Problem::Connect)
        };
        let contained = AssertUnwindSafe(attempt).catch_unwind();
        Box::pin(contained.map(|attempt| attempt.unwrap_or(Err(Problem::Panicked))))
    }

    fn poll_link(&mut self, cx: &mut Context<'_>) -> Turn {
        match &mut self.link {
            Link::None => Turn::Rest,
            Link::Dialing(attempt) => match attempt.as_mut().poll(cx) {
                Poll::Pending => Turn::Rest,
                Poll::Ready(Ok(connection)) => {
                    self.link = Link::Up(connection);
                    if !M::IS_GREETED {
                        self.shared.step(|machine, now| machine.opened(now));
                    }
                    Turn::Again
                }
                Poll::Ready(Err(problem)) => {
                    self.link = Link::None;
                    self.failed(&problem, |task| task.lost(CloseInfo::lost()));
                    Turn::Again
                }
            },
            Link::Up(connection) => {
                let turn = poll_connection(connection, &self.shared, cx);
                match turn {
                    Connected::Rest => Turn::Rest,
                    Connected::Again => Turn::Again,
                    Connected::Closed(info) => {
                        self.link = Link::None;
                        self.lost(info);
                        Turn::Again
                    }
                }
            }
        }
    }

    /// An attempt failed, and that is told, unless the app let go of it meanwhile. What nobody may be waiting for any more, or
    /// may never have come about, is in the log as well.
    fn failed(&self, problem: &Problem, end: impl FnOnce(&Self)) {
        let before = self.shared.look(|machine| machine.is_live().then(|| machine.status()));
        end(self);
        match before {
            None => return,
            Some(_) if self.shared.look(Machine::status) == Status::Closed => {
                tracing::warn!("there will be no more tries: {problem}");
            }
            Some(Status::Connecting) => tracing::warn!("the first attempt failed, and others follow: {problem}"),
            Some(_) => {}
        }
        self.shared.report(problem);
    }

    fn lost(&self, info: CloseInfo) {
        let wanted = self.shared.wants(&info);
        let random = || fraction(self.platform.random());
        self.shared.step(|machine, now| machine.lost(now, info, wanted, random));
    }

    /// Leaves what there is, without waiting for its end.
    fn cut(&self) {
        let wanted = self.shared.wants(&CloseInfo::lost());
        let random = || fraction(self.platform.random());
        self.shared.step(|machine, now| machine.gone(now, wanted, random));
    }

    fn poll_network(&mut self, cx: &mut Context<'_>) -> Turn {
        match self.network.as_mut().poll_next(cx) {
            Poll::Ready(Some(Network::Back)) => self.shared.step(|machine, now| machine.back(now)),
            Poll::Ready(Some(Network::Gone)) => self.cut(),
            Poll::Ready(None) | Poll::Pending => return Turn::Rest,
        }
        Turn::Again
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Turn {
        let Some(at) = self.shared.look(|machine| machine.next_timer()) else {
            return Turn::Rest;
        };
        if self.timer.as_mut().poll_until(at, cx).is_pending() {
            return Turn::Rest;
        }
        if self.shared.step(|machine, now| machine.timer(now.max(at))) {
            self.failed(
                &Problem::Connect("nothing came of it within the time that an attempt may take".into()),
                Self::cut,
            );
        }
        Turn::Again
    }
}

enum Connected {
    Rest,
    Again,
    Closed(CloseInfo),
}

/// Writes what waits, and takes what came.
fn poll_connection<C: Connection, M: Mirror>(
    connection: &mut C,
    shared: &Shared<M>,
    cx: &mut Context<'_>,
) -> Connected {
    let wrote_all = write(connection, shared, cx);
    for turn in 0..TURN {
        match connection.poll_recv(cx) {
            Poll::Pending if turn > 0 => return Connected::Again, // by a snapshot, what waits may be sent
            Poll::Pending if wrote_all => return Connected::Rest,
            Poll::Pending => break,
            Poll::Ready(Incoming::Closed(info)) => return Connected::Closed(info),
            Poll::Ready(Incoming::Message(message)) => match text(message) {
                Ok(text) => shared.receive(&text),
                Err(problem) => shared.report(&problem),
            },
        }
        if shared.has_orders() {
            return Connected::Again;
        }
    }
    cx.waker().wake_by_ref();
    Connected::Rest
}

/// Whether all that may be written now was. How writing goes is told by the end of reading.
fn write<C: Connection, M: Mirror>(connection: &mut C, shared: &Shared<M>, cx: &mut Context<'_>) -> bool {
    for _ in 0..TURN {
        if connection.poll_ready(cx).is_ready()
            && let Some(text) = shared.next_text()
        {
            connection.send(text);
        } else {
            let _ = connection.poll_flush(cx);
            return true;
        }
    }
    let _ = connection.poll_flush(cx);
    false
}

/// The text of a message: bytes are read as text, as a server does with those of a client.
fn text(message: Message) -> Result<Text, Problem> {
    match message {
        Message::Text(text) => Ok(text),
        Message::Binary(bytes) => match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(Problem::Malformed {
                text: String::from_utf8_lossy(&bytes).into_owned(),
                error: serde::de::Error::custom(error),
            }),
        },
    }
}

fn say<C: Connection>(connection: &mut C, goodbye: Goodbye) {
    goodbye.texts.into_iter().for_each(|text| connection.send(text));
    connection.close(&goodbye.frame);
}

/// Brings a connection to its end that nobody hears of any more, for as long as that may take.
async fn farewell<R: Runtime, C: Connection>(runtime: R, mut connection: C) {
    let until: Now = runtime.now() + CLOSE_TIMEOUT;
    let mut timer = pin!(runtime.timer());
    poll_fn(|cx| {
        if timer.as_mut().poll_until(until, cx).is_ready() {
            return Poll::Ready(());
        }
        let _ = connection.poll_flush(cx);
        for _ in 0..TURN {
            match connection.poll_recv(cx) {
                Poll::Ready(Incoming::Message(_)) => {}
                Poll::Ready(Incoming::Closed(_)) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// At least 0 and less than 1: the 53 bits that an `f64` has.
fn fraction(random: u128) -> f64 {
    const STEPS: f64 = (1u64 << 53) as f64;
    (random >> 75) as f64 / STEPS
}
