//! What the handles of a client and its task share, and the lock around it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use futures_util::task::AtomicWaker;
use irori::{
    CloseInfo,
    channel::Params,
    rt::{MaybeSend, MaybeSync, Now, Runtime},
    wire::Text,
};

use crate::{
    callback::Callback,
    machine::{Machine, Order, Settings},
    messages::{Messages, Readers},
    mirror::{Change, Mirror},
    problem::Problem,
    signals::{Signals, Watched},
    status::Status,
    watch::{Signal, Watch},
};

/// One client. Its task keeps it for as long as a handle is there.
pub(crate) struct Shared<M: Mirror> {
    state: Mutex<State<M>>,
    signals: Mutex<Option<Signals>>,
    /// Wakes the task.
    bell: AtomicWaker,
    /// Whether all handles are gone.
    abandoned: AtomicBool,
    clock: Box<dyn Clock>,
    on_problem: Arc<dyn Callback<Problem>>,
}

struct State<M: Mirror> {
    machine: Machine,
    mirror: M,
    /// `None` for what has no params, and is no room.
    params: Option<Params>,
    last: Option<M::Message>,
    readers: Readers<M::Message>,
    listeners: BTreeMap<u64, Arc<dyn Callback<M::Message>>>,
    next_listener: u64,
    ended: bool,
}

/// The time, whatever it comes from.
trait Clock: MaybeSend + MaybeSync {
    fn time(&self) -> Now;
}

impl<R: Runtime> Clock for R {
    fn time(&self) -> Now {
        self.now()
    }
}

/// What is seen of a machine, and watched.
#[derive(PartialEq)]
struct View {
    status: Status,
    close_info: Option<CloseInfo>,
    queued: usize,
}

impl View {
    fn of(machine: &Machine) -> Self {
        Self { status: machine.status(), close_info: machine.close_info().cloned(), queued: machine.queued() }
    }
}

impl<M: Mirror> Shared<M> {
    pub(crate) fn new(
        runtime: impl Runtime,
        settings: Settings,
        mirror: M,
        params: Option<Params>,
        inbox: usize,
        on_problem: Arc<dyn Callback<Problem>>,
    ) -> Self {
        let state = State {
            machine: Machine::new(runtime.now(), settings),
            mirror,
            params,
            last: None,
            readers: Readers::new(inbox),
            listeners: BTreeMap::new(),
            next_listener: 0,
            ended: false,
        };
        Self {
            state: Mutex::new(state),
            signals: Mutex::new(Some(Signals::new())),
            bell: AtomicWaker::new(),
            abandoned: AtomicBool::new(false),
            clock: Box::new(runtime),
            on_problem,
        }
    }

    /// Looks at the machine.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Machine) -> T) -> T {
        look(&self.lock().machine)
    }

    /// Looks at what came.
    pub(crate) fn mirror<T>(&self, look: impl FnOnce(&M) -> T) -> T {
        look(&self.lock().mirror)
    }

    /// Something happens to the machine: whoever watches what changed by it is woken, and so is the task.
    pub(crate) fn step<T>(&self, step: impl FnOnce(&mut Machine, Now) -> T) -> T {
        self.step_with(|state, now| step(&mut state.machine, now))
    }

    /// Goes to another key; whether it is one.
    pub(crate) fn go(&self, params: Option<Params>) -> bool {
        self.step_with(|state, now| {
            let other = state.params != params;
            if other {
                state.params = params;
                state.machine.restart(now);
            }
            other
        })
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.time()
    }

    pub(crate) fn params(&self) -> Option<Params> {
        self.lock().params.clone()
    }

    /// A text came. To a client that closes it comes too late.
    pub(crate) fn receive(&self, text: &str) {
        let mut state = self.lock();
        let is_open = match state.machine.status() {
            Status::Open => true,
            Status::Connecting | Status::Reconnecting => false,
            Status::Closing | Status::Closed => return,
        };
        let heard = match state.mirror.read(text) {
            Ok(heard) => heard,
            Err(error) => {
                drop(state);
                return self.report(&Problem::Malformed { text: text.to_owned(), error });
            }
        };
        if !is_open {
            drop(state);
            if heard.change == Change::Entered {
                self.enter();
            }
            return;
        }
        let mut wakers = Vec::new();
        let mut listeners = Vec::new();
        if let Some(message) = &heard.message {
            state.last = Some(message.clone());
            wakers = state.readers.give(message);
            listeners = state.listeners.values().cloned().collect();
        }
        drop(state);
        self.change(heard.change);
        wakers.into_iter().for_each(Waker::wake);
        if let Some(message) = &heard.message {
            listeners.iter().for_each(|listener| self.guarded(|| listener.call(message)));
        }
    }

    /// The server let one in, who may have thought better of it.
    fn enter(&self) {
        let change = self.step_with(|state, now| {
            state.machine.opened(now);
            if state.machine.status() == Status::Open { Change::Entered } else { state.mirror.lost() }
        });
        self.change(change);
    }

    /// What comes next for the task.
    pub(crate) fn next_order(&self) -> Option<Order> {
        self.lock().machine.next_order()
    }

    pub(crate) fn has_orders(&self) -> bool {
        self.look(Machine::has_orders)
    }

    /// The next text for the connection that is open.
    pub(crate) fn next_text(&self) -> Option<Text> {
        self.lock().machine.next_text()
    }

    pub(crate) fn bell(&self) -> &AtomicWaker {
        &self.bell
    }

    pub(crate) fn last_message(&self) -> Option<M::Message> {
        self.lock().last.clone()
    }

    pub(crate) fn messages(&self) -> Messages<M::Message> {
        let mut state = self.lock();
        let ended = state.ended;
        state.readers.reader(ended)
    }

    pub(crate) fn listen(&self, listener: Arc<dyn Callback<M::Message>>) -> u64 {
        let mut state = self.lock();
        let id = state.next_listener;
        state.next_listener += 1;
        state.listeners.insert(id, listener);
        id
    }

    pub(crate) fn unlisten(&self, id: u64) {
        let listener = self.lock().listeners.remove(&id);
        drop(listener); // user code, without the lock
    }

    /// A watch of something, whose value `read` tells.
    pub(crate) fn watch<T>(
        self: &Arc<Self>,
        what: Watched,
        read: impl Fn(&Self) -> T + MaybeSend + MaybeSync + 'static,
    ) -> Watch<T> {
        let changes = match &mut *self.signals() {
            Some(signals) => signals.of(what).changes(),
            None => Signal::new().changes(), // its end is seen at once
        };
        let shared = Arc::clone(self);
        Watch::new(changes, move || read(&shared))
    }

    /// All handles are gone.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        self.bell.wake();
    }

    /// Whether the task has nothing left to do, for good.
    pub(crate) fn is_over(&self) -> bool {
        self.is_abandoned() && self.look(Machine::status) == Status::Closed
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// The task ends: so do streams and watches.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        let wakers = state.readers.end();
        let listeners = std::mem::take(&mut state.listeners);
        drop(state);
        drop(listeners);
        drop(self.signals().take());
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn report(&self, problem: &Problem) {
        self.guarded(|| self.on_problem.call(problem));
    }

    /// Runs a function of the app. No panic of it ends the task.
    fn guarded(&self, run: impl FnOnce()) {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
            tracing::error!("a function of the app panicked");
        }
    }

    fn step_with<T>(&self, step: impl FnOnce(&mut State<M>, Now) -> T) -> T {
        let now = self.clock.time();
        let mut state = self.lock();
        let before = View::of(&state.machine);
        let result = step(&mut state, now);
        let after = View::of(&state.machine);
        let was_left = before.status == Status::Open && after.status != Status::Open;
        let change = if was_left { state.mirror.lost() } else { Change::Nothing };
        drop(state);
        self.changed(&before, &after);
        self.change(change);
        self.bell.wake();
        result
    }

    fn changed(&self, before: &View, after: &View) {
        if before == after {
            return;
        }
        let differences = [
            (before.close_info != after.close_info, Watched::CloseInfo),
            (before.queued != after.queued, Watched::Queued),
            (before.status != after.status, Watched::Status),
        ];
        let different = differences.into_iter().filter_map(|(differs, what)| differs.then_some(what));
        self.raise(|signals| different.map(|what| signals.of(what).clone()).collect());
    }

    fn change(&self, change: Change) {
        if change != Change::Nothing {
            self.raise(|signals| signals.changed(change));
        }
    }

    /// Wakes without the lock.
    fn raise(&self, which: impl FnOnce(&mut Signals) -> Vec<Signal>) {
        let raised = self.signals().as_mut().map(which);
        raised.into_iter().flatten().for_each(|signal| signal.raise());
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signals(&self) -> MutexGuard<'_, Option<Signals>> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
