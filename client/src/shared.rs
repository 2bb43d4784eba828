//! What the handles of a client and its task share, and the lock around it. Of the app's code nothing runs under
//! that but the `Clone` of its types, and the `Drop` of what members showed.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::task::AtomicWaker;
use irori::{
    CloseInfo,
    channel::Params,
    rt::{MaybeSend, MaybeSync, Now, Runtime},
    wire::Text,
};

use crate::{
    callback::Hooks,
    machine::{Machine, Order, Settings},
    messages::{Given, Messages, Readers},
    mirror::{Change, Mirror},
    problem::Problem,
    signal::Signal,
    signals::{Signals, Watched},
    state::{Listener, State, View},
    status::Status,
    watch::Watch,
};

/// One client. Its task keeps it for as long as a handle is there.
pub(crate) struct Shared<M: Mirror> {
    state: Mutex<State<M>>,
    /// `None` once nothing changes any more.
    signals: Mutex<Option<Signals>>,
    /// Wakes the task.
    bell: AtomicWaker,
    /// Whether all handles are gone.
    abandoned: AtomicBool,
    clock: Box<dyn Clock>,
    hooks: Hooks,
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

/// For handles.
impl<M: Mirror> Shared<M> {
    pub(crate) fn new(
        runtime: impl Runtime,
        settings: Settings,
        mirror: M,
        params: Option<Params>,
        inbox: usize,
        hooks: Hooks,
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
            hooks,
        }
    }

    /// The app wishes something, which the task is woken for.
    pub(crate) fn wish<T>(&self, wish: impl FnOnce(&mut Machine, Now) -> T) -> T {
        let answer = self.step(wish);
        self.bell.wake();
        answer
    }

    /// Goes to another key, if it is one.
    pub(crate) fn go(&self, params: Option<Params>) {
        let last = self.transition(|state, now| {
            if state.params == params {
                return None;
            }
            state.params = params;
            state.machine.restart(now);
            state.last.take()
        });
        drop(last); // the app's, without the lock
        self.bell.wake();
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.time()
    }

    /// Looks at what came.
    pub(crate) fn mirror<T>(&self, look: impl FnOnce(&M) -> T) -> T {
        look(&self.lock().mirror)
    }

    pub(crate) fn last_message(&self) -> Option<M::Message> {
        self.lock().last.clone()
    }

    pub(crate) fn messages(&self) -> Messages<M::Message> {
        let mut state = self.lock();
        let ended = state.ended;
        state.readers.reader(ended)
    }

    pub(crate) fn listen(&self, listener: Listener<M>) -> u64 {
        let mut state = self.lock();
        let id = state.next_listener;
        state.next_listener += 1;
        if state.ended {
            drop(state);
            drop(listener); // it may hold a handle, which nobody would let go of any more
        } else {
            state.listeners.insert(id, listener);
        }
        id
    }

    pub(crate) fn unlisten(&self, id: u64) {
        let listener = self.lock().listeners.remove(&id);
        drop(listener); // the app's, without the lock
    }

    /// A watch of something, whose value `read` tells.
    pub(crate) fn watch<T>(
        self: &Arc<Self>,
        what: Watched,
        read: impl Fn(&Self) -> T + MaybeSend + MaybeSync + 'static,
    ) -> Watch<T> {
        let changes = self.signals().as_mut().map(|signals| signals.of(what).watcher());
        let changes = changes.unwrap_or_else(|| {
            let signal = Signal::new();
            signal.end();
            signal.watcher()
        });
        let shared = Arc::clone(self);
        Watch::new(changes, move || read(&shared))
    }

    /// All handles are gone.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        self.bell.wake();
    }
}

/// For the task.
impl<M: Mirror> Shared<M> {
    pub(crate) fn bell(&self) -> &AtomicWaker {
        &self.bell
    }

    /// Looks at the machine.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Machine) -> T) -> T {
        look(&self.lock().machine)
    }

    /// Something happens to the machine: whoever watches what changed by it is woken.
    pub(crate) fn step<T>(&self, step: impl FnOnce(&mut Machine, Now) -> T) -> T {
        self.transition(|state, now| step(&mut state.machine, now))
    }

    pub(crate) fn has_orders(&self) -> bool {
        self.look(Machine::has_orders)
    }

    /// What comes next.
    pub(crate) fn next_order(&self) -> Option<Order> {
        self.lock().machine.next_order()
    }

    /// The next text for the connection that is open.
    pub(crate) fn next_text(&self) -> Option<Text> {
        self.lock().machine.next_text()
    }

    pub(crate) fn params(&self) -> Option<Params> {
        self.lock().params.clone()
    }

    /// A text came.
    pub(crate) fn receive(&self, text: &str) {
        match self.guarded(|| M::read(text)) {
            Some(Ok(told)) => self.hear(told),
            Some(Err(error)) if self.look(Machine::is_live) => {
                self.report(&Problem::Malformed { text: text.to_owned(), error });
            }
            _ => {}
        }
    }

    fn hear(&self, told: M::Told) {
        let Ok(news) = self.transition(|state, now| state.hear(told, now)) else {
            return;
        };
        drop(news.replaced); // the app's, without the lock
        self.raise_change(news.heard.change);
        news.given.into_iter().for_each(Given::wake);
        let Some(message) = &news.heard.message else {
            return;
        };
        for (id, listener) in news.listeners {
            // One before it may have stopped it.
            if self.lock().listeners.contains_key(&id) {
                self.guarded(|| listener.call(message));
            }
        }
    }

    /// Whether the app wants another try after this end. It is asked of what it did not end itself.
    pub(crate) fn wants(&self, info: &CloseInfo) -> bool {
        self.look(Machine::is_live) && self.guarded(|| self.hooks.should_reconnect.call(info)).unwrap_or(false)
    }

    pub(crate) fn report(&self, problem: &Problem) {
        if catch_unwind(AssertUnwindSafe(|| self.hooks.on_problem.call(problem))).is_err() {
            tracing::error!("the function that is told of problems panicked");
        }
    }

    /// Whether there is nothing left to do, for good.
    pub(crate) fn is_over(&self) -> bool {
        self.abandoned.load(Ordering::Acquire) && self.look(Machine::status) == Status::Closed
    }

    /// The task ends, with its work or with its runtime: so does the client, with streams and watches.
    pub(crate) fn end(&self) {
        let (unsent, given, listeners) = self.transition(|state, _| {
            state.ended = true;
            (state.machine.stop(), state.readers.end(), std::mem::take(&mut state.listeners))
        });
        drop(listeners); // the app's, without the lock
        if unsent > 0 {
            self.report(&Problem::Unsent { count: unsent });
        }
        let signals = self.signals().take();
        signals.into_iter().flat_map(Signals::into_all).for_each(|signal| signal.end());
        given.wake();
    }
}

impl<M: Mirror> Shared<M> {
    /// Everything that happens is one of these: a step under the lock, and then whoever watches what changed is woken.
    fn transition<T>(&self, step: impl FnOnce(&mut State<M>, Now) -> T) -> T {
        let now = self.clock.time();
        let mut state = self.lock();
        let before = View::of(&state.machine);
        let result = step(&mut state, now);
        let after = View::of(&state.machine);
        let was_left = before.status == Status::Open && after.status != Status::Open;
        let change = if was_left { state.mirror.lost() } else { Change::Nothing };
        drop(state);
        self.raise_view(&before, &after);
        self.raise_change(change);
        result
    }

    fn raise_view(&self, before: &View, after: &View) {
        if before == after {
            return;
        }
        let differences = [
            (before.close_info != after.close_info, Watched::CloseInfo),
            (before.queued != after.queued, Watched::Queued),
            ((before.status, before.retry_at) != (after.status, after.retry_at), Watched::Status),
        ];
        let different = differences.into_iter().filter_map(|(differs, what)| differs.then_some(what));
        self.raise(|signals| different.map(|what| signals.of(what).clone()).collect());
    }

    fn raise_change(&self, change: Change) {
        if change != Change::Nothing {
            self.raise(|signals| signals.changed(change));
        }
    }

    /// Wakes without the lock.
    fn raise(&self, which: impl FnOnce(&mut Signals) -> Vec<Signal>) {
        let raised = self.signals().as_mut().map(which);
        raised.into_iter().flatten().for_each(|signal| signal.raise());
    }

    /// Runs a function of the app, without the lock. No panic of it ends the task.
    fn guarded<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(run)).ok();
        if done.is_none() {
            self.report(&Problem::Panicked);
        }
        done
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signals(&self) -> MutexGuard<'_, Option<Signals>> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
