use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use slab::Slab;

use super::{
    bell::{Bell, Doorbell, Mail, Number},
    keeper::Keeper,
    record::{ENDED, Record, RecordError},
    socket::{EventSocket, EventTransport},
};
use crate::{
    app::BuiltApp,
    contain::contained,
    drive::resume,
    elsewhere::Question,
    error::{Cause, Failure, Refusal, Stage},
    id::ConnectionId,
    link::Link,
    room::{RoomKey, Sink as _},
    rt::{BoxFuture, Now},
    transport::Received,
    wire::{CloseCode, CloseFrame, Frame},
};

/// How often connections may be polled in one go, before the host's other work, and time, go on.
const STEPS: usize = 16 * 1024;

/// The connections that live in one place of a host that calls by event: in one Durable Object, say.
///
/// It runs nothing by itself: after each call of the host, [`poll`](Self::poll) it until the connection is at rest. When
/// it is dropped, its connections are forgotten, not ended: that is what becomes of them when memory vanishes.
///
/// # Contract
///
/// - A place holds one room, or one socket (`room::rooms_are_isolated`).
/// - `now` outlives memory: it is the wall's clock, say (`resume::wake_by_timer`).
/// - All sockets that the host lists are resumed before anything else, and it lists a socket until its close was taken
///   ([`receive`](Self::receive), [`lose`](Self::lose)): else a member would stay that is gone (`resume::close_after_wake`).
/// - After every `poll`, ready or not, the host sets its alarm to [`next_deadline`](Self::next_deadline)
///   (`heartbeat::handler_deadline`).
/// - Rates of messages are remembered as often as anything else is kept: a host whose memory goes after every event does
///   not hold them.
pub struct Residents<S: EventSocket> {
    app: BuiltApp,
    bell: Arc<Bell>,
    tasks: Slab<Task<S>>,
    numbers: HashMap<ConnectionId, Number>,
    /// Those that could not be brought to life, of which their room is to be told.
    gone: Vec<ConnectionId>,
    /// What is passed on; empty in between.
    batch: VecDeque<Frame>,
}

struct Task<S> {
    future: BoxFuture<'static, ()>,
    waker: Waker,
    link: Arc<Link>,
    socket: Arc<S>,
    at_work: Arc<AtomicBool>,
}

impl<S: EventSocket> Residents<S> {
    /// Nobody yet. What is in the place is counted here, apart from what is elsewhere.
    pub fn new(app: &BuiltApp) -> Self {
        Self {
            app: app.apart(),
            bell: Arc::default(),
            tasks: Slab::new(),
            numbers: HashMap::new(),
            gone: Vec::new(),
            batch: VecDeque::new(),
        }
    }

    /// The app, as it is in this place: its rooms are those that are here.
    pub fn app(&self) -> &BuiltApp {
        &self.app
    }

    /// Whether a connection of this record could be let in now: to be asked before its upgrade is answered.
    ///
    /// # Errors
    ///
    /// [`Refusal::Full`] when the room has no place.
    pub fn check(&self, record: &Record) -> Result<(), Refusal> {
        match record.room() {
            Some(room) if !self.app.shared().hub.has_place(&room) => Err(Refusal::Full),
            _ => Ok(()),
        }
    }

    /// Lets a new connection in: its record is kept with its socket, and its opening comes next.
    pub fn enter(&mut self, now: Now, record: &Record, socket: S) {
        match socket.keep(record.to_string()) {
            Ok(()) => self.bring_to_life(now, record, socket),
            Err(error) => {
                self.report(record, Stage::Open, Cause::Error(error.into()));
                turn_out(&socket, CloseCode::INTERNAL, "internal error");
            }
        }
    }

    /// Brings a connection back to life after memory was gone, by what was kept with its socket. One that cannot be read
    /// any more is closed with 1012, and its room is told that it left; so resume all sockets before anything else. One that
    /// lives already goes on as it is.
    ///
    /// # Errors
    ///
    /// [`RecordError`] when there is no such connection now.
    pub fn resume(&mut self, now: Now, kept: &str, socket: S) -> Result<ConnectionId, RecordError> {
        let record = Record::read(kept);
        if let Err(RecordError::Outdated { id }) = record {
            self.gone.extend(id);
            turn_out(&socket, CloseCode::RESTART, "restarted");
        }
        let record = record?;
        self.bring_to_life(now, &record, socket);
        let id = record.id();
        if self.contains(id) { Ok(id) } else { Err(RecordError::Outdated { id: Some(id) }) }
    }

    /// A message or a close frame came. What waits is bounded by `limits.inbox.backlog_messages` and `backlog_bytes`,
    /// since the host cannot stop reading; past that the connection is closed with 1013. A message over
    /// `limits.message.bytes` closes it with 1009.
    pub fn receive(&mut self, id: ConnectionId, received: Received) {
        let size = match &received {
            Received::Text(bytes) | Received::Binary(bytes) => bytes.len(),
            _ => 0,
        };
        let fits = size <= self.app.limits().message.bytes;
        self.post(id, if fits { Mail::Received(received) } else { Mail::TooBig });
    }

    /// A message came that is over `limits.message.bytes`, and was not read: 1009.
    pub fn receive_too_big(&mut self, id: ConnectionId) {
        self.post(id, Mail::TooBig);
    }

    /// The socket is gone, without a close frame.
    pub fn lose(&mut self, id: ConnectionId, why: Option<String>) {
        self.post(id, Mail::Lost(why));
    }

    fn post(&mut self, id: ConnectionId, mail: Mail) {
        let Some(&number) = self.numbers.get(&id) else { return };
        if !self.bell.post(number, mail, &self.app.limits().inbox) {
            self.tasks[number].link.close(CloseFrame::of(CloseCode::TRY_AGAIN, "too many messages wait"));
        }
    }

    /// Gives up a connection whose code took all memory with it, as a panic does where it cannot be contained: it is closed
    /// with 1011, its room is told that it left, and the error hook what happened. None of its hooks runs, since that may
    /// happen again.
    pub fn abandon(&mut self, kept: &str, socket: &S) {
        let record = match Record::read(kept) {
            Ok(record) => record,
            Err(RecordError::Outdated { id }) => {
                self.gone.extend(id);
                return turn_out(socket, CloseCode::INTERNAL, "internal error");
            }
            Err(_) => return,
        };
        let cause = Cause::Panic("it could not be contained, and took all memory with it".to_owned());
        self.report(&record, Stage::Message, cause);
        self.gone.extend(record.ours.seat.as_ref().map(|_| record.id()));
        turn_out(socket, CloseCode::INTERNAL, "internal error");
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether nobody is here.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether this connection is here.
    pub fn contains(&self, id: ConnectionId) -> bool {
        self.numbers.contains_key(&id)
    }

    /// Runs what can be run. Ready when it [is at rest](Self::is_at_rest); else the task is woken when there is more to
    /// run, or when the residents are dropped.
    pub fn poll(&mut self, now: Now, of: Option<ConnectionId>, cx: &mut Context<'_>) -> Poll<()> {
        self.run(now);
        if self.is_at_rest(of) {
            return Poll::Ready(());
        }
        self.bell.wait(cx.waker());
        Poll::Pending
    }

    /// Runs what can be run, and sees to it that the task is woken when there is more: for a task that looks after what
    /// happens between the calls of the host, such as a send from a task of the app's.
    pub fn watch(&mut self, now: Now, cx: &mut Context<'_>) {
        self.run(now);
        self.bell.watch(cx.waker());
    }

    /// Whether no hook of this connection runs. Of `None`: nobody's, and nothing waits; memory may vanish then, and nothing
    /// is lost.
    pub fn is_at_rest(&self, of: Option<ConnectionId>) -> bool {
        let is_at_work = |task: &Task<S>| task.at_work.load(Ordering::Relaxed);
        match of {
            Some(id) => !self.numbers.get(&id).is_some_and(|number| is_at_work(&self.tasks[*number])),
            None => self.bell.is_quiet() && !self.tasks.iter().any(|(_, task)| is_at_work(task)),
        }
    }

    /// When to [`poll`](Self::poll) again at the latest, if ever.
    pub fn next_deadline(&self) -> Option<Now> {
        self.bell.next_deadline()
    }

    /// Answers what was asked [elsewhere](crate::helper::Elsewhere) about a room that is here. Poll then: members
    /// may have been sent something.
    ///
    /// # Errors
    ///
    /// When it is no question.
    pub fn answer(&mut self, room: &RoomKey, question: &str) -> Result<String, serde_json::Error> {
        let question: Question = serde_json::from_str(question)?;
        serde_json::to_string(&question.ask(&self.app.shared().hub, room))
    }

    fn bring_to_life(&mut self, now: Now, record: &Record, socket: S) {
        self.bell.set_now(now);
        let id = record.id();
        if self.contains(id) {
            return; // it lives
        }
        // Keys and data are of the app's types, which may panic when they are read.
        socket.runs(true);
        let resumed = contained(|| self.app.resume(record, now)).unwrap_or_else(|panic| {
            self.report(record, Stage::Key, Cause::Panic(panic));
            None
        });
        socket.runs(false);
        let Some(resumed) = resumed else {
            self.gone.extend(record.ours.seat.as_ref().map(|_| id));
            return turn_out(&socket, CloseCode::RESTART, "restarted");
        };
        let place = self.tasks.vacant_entry();
        let number = place.key();
        let doorbell = Doorbell::new(Arc::clone(&self.bell), number);
        let link = Arc::clone(&resumed.link);
        let (socket, at_work) = (Arc::new(socket), Arc::<AtomicBool>::default());
        let transport = EventTransport::new(Arc::clone(&socket), doorbell.clone());
        let keeper = Keeper::new(Arc::clone(&socket), Arc::clone(&at_work), record.ours.session.clone());
        let waker = Waker::from(Arc::new(doorbell.clone()));
        let future = Box::pin(resume(transport, resumed, doorbell, keeper));
        place.insert(Task { future, waker, link, socket, at_work });
        self.numbers.insert(id, number);
        self.bell.hang(number);
    }

    /// Tells the error hook of a connection that has no life.
    fn report(&self, record: &Record, stage: Stage, cause: Cause) {
        let unit = Arc::from(record.ours.unit.as_str());
        self.app.shared().report(&Failure { unit, connection: Some(record.id()), stage, cause });
    }

    fn run(&mut self, now: Now) {
        self.bell.set_now(now);
        for id in self.gone.drain(..) {
            self.app.shared().hub.tell_gone(id);
        }
        let mut stepped = false;
        for _ in 0..STEPS {
            let Some(rung) = self.bell.next() else {
                if stepped {
                    // Another call may wait for one of them.
                    self.bell.wake_callers();
                }
                return;
            };
            if !(rung.by_others && self.pass_on(rung.number)) {
                self.step(rung.number);
                stepped = true;
            }
        }
        self.bell.pause();
    }

    /// Sends what waits for a connection that is at rest and need not be polled for that: most of a broadcast's work.
    fn pass_on(&mut self, number: Number) -> bool {
        let Some(task) = self.tasks.get(number) else { return true };
        if task.at_work.load(Ordering::Relaxed) || !task.link.take_at_rest(&mut self.batch, &task.waker) {
            return false;
        }
        let sent = self.batch.drain(..).try_for_each(|frame| task.socket.send(frame));
        if let Err(error) = sent {
            self.bell.post(number, Mail::Lost(Some(error.to_string())), &self.app.limits().inbox);
        }
        true
    }

    fn step(&mut self, number: Number) {
        self.bell.disarm(number);
        let Some(task) = self.tasks.get_mut(number) else { return };
        let was_at_work = task.at_work.load(Ordering::Relaxed);
        if was_at_work {
            task.socket.runs(true);
        }
        let polled = task.future.as_mut().poll(&mut Context::from_waker(&task.waker));
        if task.at_work.load(Ordering::Relaxed) {
            task.socket.runs(false);
        }
        if polled.is_ready() {
            self.bell.unhang(number);
            let task = self.tasks.remove(number);
            self.numbers.remove(&task.link.id());
        }
    }
}

impl<S: EventSocket> Drop for Residents<S> {
    fn drop(&mut self) {
        self.app.shared().hub.forget();
        self.bell.wake_callers();
    }
}

impl<S: EventSocket> fmt::Debug for Residents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Residents").field("connections", &self.tasks.len()).finish_non_exhaustive()
    }
}

/// Closes a socket that no connection has.
fn turn_out(socket: &impl EventSocket, code: CloseCode, reason: &str) {
    // It is over either way; marked as ended, it is not looked at again.
    let _ = socket.keep(ENDED.to_owned());
    socket.close(Frame::close(Some(&CloseFrame::of(code, reason))));
}
