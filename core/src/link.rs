//! The way out of a connection, shared by all who send to it: an outbox under its only lock.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use crate::{
    error::{SendError, Sent},
    id::ConnectionId,
    limits::Limits,
    outbox::{Outbox, Parcel, Pushed},
    room::{Sink, Tally},
    wire::{CloseCode, CloseFrame, Frame},
};

/// What others may do to a connection from outside its task.
#[derive(Debug)]
pub(crate) struct Link {
    id: ConnectionId,
    limits: Arc<Limits>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    outbox: Outbox,
    orders: Orders,
    ready: ReadyState,
    /// Who drives the connection, when it rests.
    waker: Option<Waker>,
}

/// What the connection's task is asked to do.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    pub(crate) close: Option<CloseFrame>,
    pub(crate) drain: Option<Duration>,
    /// End now, whatever is unsaid.
    pub(crate) cut: bool,
    /// The close is for an outbox that was full.
    pub(crate) slow: bool,
}

/// How far a connection is, as `WebSocket.readyState` says in a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadyState {
    /// Messages go both ways.
    #[default]
    Open,
    /// The end has begun; nothing can be sent any more.
    Closing,
    /// The stream is gone.
    Closed,
}

impl Link {
    pub(crate) fn new(id: ConnectionId, limits: Arc<Limits>) -> Self {
        Self { id, limits, state: Mutex::default() }
    }

    pub(crate) fn ready_state(&self) -> ReadyState {
        self.lock().ready
    }

    /// Sends a frame to this connection alone.
    pub(crate) fn send(&self, frame: Frame) -> Result<Sent, SendError> {
        let (outcome, waker) = self.push(Parcel::message(frame));
        wake(waker);
        outcome
    }

    /// Closes the connection: what was sent before goes out first, nothing after it. A second close changes nothing.
    pub(crate) fn close(&self, frame: CloseFrame) {
        let waker = {
            let mut state = self.lock();
            if state.ready != ReadyState::Open {
                return;
            }
            state.ready = ReadyState::Closing;
            state.orders.close = Some(frame);
            state.waker.take()
        };
        wake(waker);
    }

    /// Asks the connection to say goodbye within `delay`.
    pub(crate) fn drain(&self, delay: Duration) {
        self.order(|orders| orders.drain = Some(delay));
    }

    /// Ends the connection without a word.
    pub(crate) fn cut(&self) {
        self.order(|orders| orders.cut = true);
    }

    /// The session's end has begun, or is complete.
    pub(crate) fn advance(&self, ready: ReadyState) {
        let mut state = self.lock();
        state.ready = ready;
        if ready == ReadyState::Closed {
            state.outbox = Outbox::default();
        }
    }

    /// What the task is asked to do. It is awake from here until it rests.
    pub(crate) fn take_orders(&self) -> Orders {
        let mut state = self.lock();
        // The task is awake: what it does to itself need not wake it.
        state.waker = None;
        std::mem::take(&mut state.orders)
    }

    /// Moves what waits into `batch`: at least one frame, and no more than these.
    pub(crate) fn take(&self, batch: &mut VecDeque<Frame>, frames: usize, bytes: usize) {
        self.lock().outbox.take(batch, frames, bytes);
    }

    /// Moves what waits into `batch` while the task goes on to rest; `false` when there is more to be done than that.
    pub(crate) fn take_at_rest(&self, batch: &mut VecDeque<Frame>, waker: &Waker) -> bool {
        let mut state = self.lock();
        let Orders { close, drain, cut, slow: _ } = &state.orders;
        if state.ready != ReadyState::Open || close.is_some() || drain.is_some() || *cut {
            return false;
        }
        state.outbox.take(batch, usize::MAX, usize::MAX);
        state.waker = Some(waker.clone());
        true
    }

    /// Lets the task rest until something new comes; `false` when something is there already.
    ///
    /// `blocked` says that the stream takes nothing now, so that frames which wait are nothing new.
    pub(crate) fn rest(&self, waker: &Waker, blocked: bool) -> bool {
        let mut state = self.lock();
        let orders = &state.orders;
        if orders.close.is_some() || orders.drain.is_some() || orders.cut || !(blocked || state.outbox.is_empty()) {
            return false;
        }
        match &mut state.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        true
    }

    fn order(&self, give: impl FnOnce(&mut Orders)) {
        let waker = {
            let mut state = self.lock();
            give(&mut state.orders);
            state.waker.take()
        };
        wake(waker);
    }

    fn push(&self, parcel: Parcel) -> (Result<Sent, SendError>, Option<Waker>) {
        let mut state = self.lock();
        if state.ready != ReadyState::Open {
            return (Err(SendError::Closed), None);
        }
        let outcome = match state.outbox.push(parcel, &self.limits.outbox) {
            Pushed::Queued => Ok(Sent::Queued),
            Pushed::Displaced(count) => Ok(Sent::Displaced(count)),
            Pushed::Dropped => Ok(Sent::Dropped),
            Pushed::Overflow => {
                state.ready = ReadyState::Closing;
                state.orders.close = Some(CloseFrame::of(CloseCode::TRY_AGAIN, "slow consumer"));
                // Logged by the task that drives the connection: a log is the app's code, and this is under locks.
                state.orders.slow = true;
                Err(SendError::SlowConsumer)
            }
        };
        (outcome, state.waker.take())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way: a poisoned one is as good as any.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Arc<Link> {
    fn id(&self) -> ConnectionId {
        self.id
    }

    fn deliver(&self, parcel: Parcel, tally: &mut Tally) {
        let (outcome, waker) = self.push(parcel);
        tally.count(&outcome, waker);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
