//! What has reached the residents of a place since they were last polled: mail, wakes, and time.

use std::{
    collections::{BTreeSet, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use crate::{
    limits::InboxLimits,
    rt::{Now, Runtime, Timer},
    transport::{ReceiveError, Received},
};

/// Something for a connection.
#[derive(Debug)]
pub(super) enum Mail {
    Received(Received),
    /// A message over the limit, which is not kept.
    TooBig,
    /// The socket is gone. Why is a text, since an error need not be `Send` on every target, and wakers are.
    Lost(Option<String>),
}

impl From<Mail> for Result<Received, ReceiveError> {
    fn from(mail: Mail) -> Self {
        match mail {
            Mail::Received(received) => Ok(received),
            Mail::TooBig => Err(ReceiveError::TooBig),
            Mail::Lost(why) => Err(ReceiveError::Lost(why.map(Into::into))),
        }
    }
}

/// A resident, by the number of its bell.
pub(super) type Number = usize;

#[derive(Debug, Default)]
pub(super) struct Bell {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    now: Now,
    boxes: Vec<Letterbox>,
    /// Who is to be polled, each once, in the order of their wakes.
    woken: VecDeque<Number>,
    deadlines: BTreeSet<(Now, Number)>,
    /// Whether somebody looks after the woken right now, and need not be told of more.
    is_running: bool,
    /// Who is polled right now.
    polled: Option<Number>,
    /// Who waits in the host's calls.
    callers: Vec<Waker>,
    /// Who looks after what happens between them.
    watcher: Option<Waker>,
}

/// What waits for one resident.
#[derive(Debug, Default)]
struct Letterbox {
    mail: VecDeque<Mail>,
    bytes: usize,
    is_woken: bool,
    /// Whether its time has come, or it is new.
    is_due: bool,
    deadline: Option<Now>,
}

/// Who was woken.
pub(super) struct Rung {
    pub(super) number: Number,
    /// Neither by mail nor by the time: somebody else has a hand in it, and sent it something, most likely.
    pub(super) by_others: bool,
}

impl Bell {
    pub(super) fn now(&self) -> Now {
        self.lock().now
    }

    /// Time has come this far: whoever waited for it is woken.
    pub(super) fn set_now(&self, now: Now) {
        let mut state = self.lock();
        state.now = state.now.max(now);
        while let Some((at, number)) = state.deadlines.first().copied().filter(|(at, _)| *at <= state.now) {
            state.deadlines.remove(&(at, number));
            state.boxes[number].deadline = None;
            state.boxes[number].is_due = true;
            state.ring(number);
        }
    }

    /// The next moment that somebody waits for.
    pub(super) fn next_deadline(&self) -> Option<Now> {
        self.lock().deadlines.first().map(|(at, _)| *at)
    }

    /// Hangs up a letterbox, where nobody's is left over.
    pub(super) fn hang(&self, number: Number) {
        let mut state = self.lock();
        if state.boxes.len() <= number {
            state.boxes.resize_with(number + 1, Letterbox::default);
        }
        state.boxes[number].is_due = true;
        state.ring(number);
    }

    /// Takes down the letterbox of one who is gone.
    pub(super) fn unhang(&self, number: Number) {
        let mut state = self.lock();
        state.forget_deadline(number);
        let is_woken = state.boxes[number].is_woken;
        state.boxes[number] = Letterbox { is_woken, ..Letterbox::default() };
    }

    /// Puts something in; gives `false` when the box is too full for it.
    pub(super) fn post(&self, number: Number, mail: Mail, limits: &InboxLimits) -> bool {
        let mut state = self.lock();
        let letterbox = &mut state.boxes[number];
        let weight = weight(&mail);
        let is_message = weight.is_some();
        let full = letterbox.mail.len() >= limits.backlog_messages || letterbox.bytes >= limits.backlog_bytes;
        if is_message && full {
            return false;
        }
        letterbox.bytes += weight.unwrap_or_default();
        letterbox.mail.push_back(mail);
        state.ring(number);
        true
    }

    fn take_mail(&self, number: Number) -> Option<Mail> {
        let letterbox = &mut self.lock().boxes[number];
        let mail = letterbox.mail.pop_front();
        match &mail {
            Some(mail) => letterbox.bytes -= weight(mail).unwrap_or_default(),
            // An idle connection holds no buffer.
            None => letterbox.mail = VecDeque::new(),
        }
        mail
    }

    /// Whether nobody is to be polled.
    pub(super) fn is_quiet(&self) -> bool {
        self.lock().woken.is_empty()
    }

    /// The next resident to be looked after. Until there is none, who is woken waits for the next call of this.
    pub(super) fn next(&self) -> Option<Rung> {
        let mut state = self.lock();
        let next = state.woken.pop_front();
        state.is_running = next.is_some();
        state.polled = None;
        let number = next?;
        let letterbox = &mut state.boxes[number];
        letterbox.is_woken = false;
        let by_others = letterbox.mail.is_empty() && !std::mem::take(&mut letterbox.is_due);
        Some(Rung { number, by_others })
    }

    /// The resident is polled, and sets its deadline anew.
    pub(super) fn disarm(&self, number: Number) {
        let mut state = self.lock();
        state.forget_deadline(number);
        state.polled = Some(number);
    }

    /// Nobody looks after the woken any more, though some are left: the callers are to.
    pub(super) fn pause(&self) {
        let watcher = {
            let mut state = self.lock();
            state.is_running = false;
            state.watcher.take()
        };
        watcher.into_iter().for_each(Waker::wake);
        self.wake_callers();
    }

    /// Tells a caller when there is something to poll for.
    pub(super) fn wait(&self, waker: &Waker) {
        let mut state = self.lock();
        if !state.woken.is_empty() {
            // Somebody on another thread was faster.
            drop(state);
            return waker.wake_by_ref();
        }
        if !state.callers.iter().any(|known| known.will_wake(waker)) {
            state.callers.push(waker.clone());
        }
    }

    /// Tells a watcher when there is something to poll for.
    pub(super) fn watch(&self, waker: &Waker) {
        let mut state = self.lock();
        if !state.woken.is_empty() {
            drop(state);
            return waker.wake_by_ref();
        }
        state.watcher = Some(waker.clone());
    }

    pub(super) fn wake_callers(&self) {
        let callers = std::mem::take(&mut self.lock().callers);
        callers.into_iter().for_each(Waker::wake);
    }

    fn wake(&self, number: Number) {
        let callers = {
            let mut state = self.lock();
            state.ring(number);
            if state.is_running {
                return;
            }
            let watcher = state.watcher.take();
            std::mem::take(&mut state.callers).into_iter().chain(watcher)
        };
        callers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way: a poisoned one is as good as any.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ring(&mut self, number: Number) {
        if self.polled == Some(number) {
            // It has more to do itself.
            self.boxes[number].is_due = true;
        }
        if !std::mem::replace(&mut self.boxes[number].is_woken, true) {
            self.woken.push_back(number);
        }
    }

    fn forget_deadline(&mut self, number: Number) {
        if let Some(at) = self.boxes[number].deadline.take() {
            self.deadlines.remove(&(at, number));
        }
    }
}

/// The bytes that are kept of a message; what is no message always has a place.
fn weight(mail: &Mail) -> Option<usize> {
    match mail {
        Mail::Received(Received::Text(bytes) | Received::Binary(bytes)) => Some(bytes.len()),
        Mail::TooBig => Some(0),
        _ => None,
    }
}

/// The bell of one resident: its waker, its letterbox, and the clock of its place.
#[derive(Clone, Debug)]
pub(super) struct Doorbell {
    bell: Arc<Bell>,
    number: Number,
}

impl Doorbell {
    pub(super) fn new(bell: Arc<Bell>, number: Number) -> Self {
        Self { bell, number }
    }

    pub(super) fn take_mail(&self) -> Option<Mail> {
        self.bell.take_mail(self.number)
    }
}

impl Wake for Doorbell {
    fn wake(self: Arc<Self>) {
        self.bell.wake(self.number);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.bell.wake(self.number);
    }
}

impl Runtime for Doorbell {
    type Timer = Self;

    fn now(&self) -> Now {
        self.bell.now()
    }

    fn timer(&self) -> Self {
        self.clone()
    }

    /// Ids are made where upgrades are admitted, and nothing else is random.
    fn random(&self) -> u128 {
        0
    }
}

impl Timer for Doorbell {
    fn poll_until(self: Pin<&mut Self>, at: Now, _: &mut Context<'_>) -> Poll<()> {
        let mut state = self.bell.lock();
        if at <= state.now {
            return Poll::Ready(());
        }
        state.forget_deadline(self.number);
        state.boxes[self.number].deadline = Some(at);
        state.deadlines.insert((at, self.number));
        Poll::Pending
    }
}
