use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::{
    error::Stage,
    handler::{Beside, DynConnection, Halt},
    id::ConnectionId,
    limits::Limits,
    link::{Link, ReadyState},
    resume::Keep,
    room::Sink as _,
    rt::{Now, Runtime, Timer as _},
    session::{Event, Input, Outcome, Output, Session},
    transport::{ReceiveError, Transport},
    wire::{CloseCode, CloseFrame, Frame},
};

/// Frames that may be read in one turn before the task gives way to others.
const READS: usize = 64;

/// Writes that may be made in one turn before the task gives way to others.
const WRITES: usize = 8;

/// Frames for which an idle connection keeps a place.
const IDLE_BATCH: usize = 4;

/// What goes out in one write. What waits beyond stays in the outbox, where it is accounted for.
const BATCH_FRAMES: usize = 64;
const BATCH_BYTES: usize = 64 * 1024;

/// A connection's machine room: session, transport, timer and outbox. It runs alone between events, and beside a hook
/// that is pending.
pub(super) struct Pump<T, R: Runtime> {
    transport: Option<T>,
    session: Session,
    link: Arc<Link>,
    limits: Arc<Limits>,
    runtime: R,
    timer: Pin<Box<R::Timer>>,
    now: Now,
    batch: VecDeque<Frame>,
    /// Whether the stream has said that it takes nothing more now.
    blocked: bool,
    /// Whether something was sent that is not flushed yet.
    unflushed: bool,
    /// The close frame that goes out once everything before it has.
    farewell: Option<Frame>,
    saying_farewell: bool,
    shutting: bool,
    /// Whether what changes is kept, after each hook before the next.
    keeps: bool,
    /// Of the event that was given last.
    stage: Stage,
    /// Ends now, whatever is unsaid.
    cut: bool,
    /// When the session wants to be looked at again.
    wake: Option<Now>,
    reads: usize,
    writes: usize,
}

/// What the pump cannot do by itself.
#[derive(Debug)]
pub(super) enum Next {
    Event(Event),
    Cancel,
    Finished,
}

impl<T: Transport, R: Runtime> Pump<T, R> {
    pub(super) fn new(transport: T, session: Session, link: Arc<Link>, limits: Arc<Limits>, runtime: R) -> Self {
        Self {
            transport: Some(transport),
            session,
            link,
            limits,
            timer: Box::pin(runtime.timer()),
            now: runtime.now(),
            runtime,
            batch: VecDeque::new(),
            blocked: false,
            unflushed: false,
            farewell: None,
            saying_farewell: false,
            shutting: false,
            keeps: false,
            stage: Stage::Open,
            cut: false,
            wake: None,
            reads: READS,
            writes: WRITES,
        }
    }

    /// Ends each burst with its first hook, so that what that changed can be kept before the next.
    pub(super) fn keeping(self) -> Self {
        Self { keeps: true, ..self }
    }

    pub(super) fn id(&self) -> ConnectionId {
        self.link.id()
    }

    /// One turn: write what waits, read what came, do what the session says; then rest until something happens.
    pub(super) fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        self.now = self.runtime.now();
        self.blocked = false;
        let mut silent = false;
        loop {
            self.obey();
            if self.cut {
                return Poll::Ready(Next::Finished);
            }
            self.write(cx);
            silent = silent || self.read(cx);
            if let Some(next) = self.step() {
                return Poll::Ready(next);
            }
            if self.close(cx) {
                continue;
            }
            if self.is_spent() {
                // Others are waiting too. What is left is looked at in the next turn, from the start.
                self.refill();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if self.rest(cx, silent) {
                self.refill();
                self.batch.shrink_to(IDLE_BATCH);
                return Poll::Pending;
            }
        }
    }

    /// Lets what must be remembered be kept. A connection that cannot be kept is closed.
    pub(super) fn keep(&mut self, keep: &mut impl Keep, connection: &mut dyn DynConnection) {
        if self.session.is_closing() {
            return;
        }
        if let Err(cause) = keep.keep(self.session.stored(&self.limits), connection) {
            connection.report(self.stage, cause);
            self.tell(Input::Close(CloseFrame::of(CloseCode::INTERNAL, "internal error")));
        }
    }

    /// Does what others have asked of this connection.
    fn obey(&mut self) {
        let orders = self.link.take_orders();
        self.cut |= orders.cut;
        if orders.slow {
            tracing::warn!(connection = %self.link.id(), "slow consumer, its outbox was full");
        }
        if let Some(frame) = orders.close {
            self.tell(Input::Close(frame));
        }
        if let Some(delay) = orders.drain {
            self.tell(Input::Drain(delay));
        }
    }

    fn write(&mut self, cx: &mut Context<'_>) {
        while !self.blocked && self.writes > 0 {
            if self.batch.is_empty() {
                self.batch.extend(std::iter::from_fn(|| self.session.reply()));
                self.link.take(&mut self.batch, BATCH_FRAMES, BATCH_BYTES);
                if self.batch.is_empty()
                    && let Some(frame) = self.farewell.take()
                {
                    self.saying_farewell = true;
                    self.batch.push_back(frame);
                }
            }
            if self.batch.is_empty() && !self.unflushed {
                return;
            }
            let Some(transport) = &mut self.transport else {
                self.batch.clear();
                return;
            };
            self.writes -= 1;
            self.unflushed = true;
            match transport.poll_send(cx, &mut self.batch) {
                Poll::Pending => self.blocked = true,
                Poll::Ready(Ok(())) => {
                    self.unflushed = false;
                    if std::mem::take(&mut self.saying_farewell) {
                        self.tell(Input::CloseSent);
                    }
                }
                Poll::Ready(Err(error)) => self.lose(ReceiveError::Lost(Some(error))),
            }
        }
    }

    /// Reads what came; says whether the stream is silent now.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        while self.reads > 0 && self.session.wants_input(&self.limits) {
            let Some(transport) = &mut self.transport else {
                return true;
            };
            match transport.poll_recv(cx) {
                Poll::Pending => {
                    self.session.caught_up();
                    return true;
                }
                Poll::Ready(Ok(received)) => {
                    self.reads -= 1;
                    self.tell(Input::Received(received));
                }
                Poll::Ready(Err(error @ ReceiveError::Lost(_))) => self.lose(error),
                Poll::Ready(Err(error)) => self.tell(Input::Failed(error)),
            }
        }
        false
    }

    /// Does what the session says until it has nothing more to say, or says what cannot be done here.
    fn step(&mut self) -> Option<Next> {
        loop {
            match self.session.poll(self.now, &self.limits) {
                Output::Event(event) => {
                    self.stage = event.stage();
                    return Some(Next::Event(event));
                }
                Output::Cancel => return Some(Next::Cancel),
                Output::Finished => return Some(Next::Finished),
                Output::Close(frame) => {
                    self.link.advance(ReadyState::Closing);
                    self.farewell = Some(frame);
                }
                Output::Shut => self.shutting = true,
                Output::Abort => self.transport = None,
                Output::Wait(wake) => {
                    self.wake = wake;
                    return None;
                }
            }
        }
    }

    /// Closes the stream when that is due; says whether it is gone now.
    fn close(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.shutting {
            return false;
        }
        let gone = self.transport.as_mut().is_none_or(|transport| transport.poll_close(cx).is_ready());
        if gone {
            self.shutting = false;
            self.transport = None;
            self.tell(Input::Shut);
        }
        gone
    }

    /// Whether nothing can be done until something happens; whoever makes it happen wakes the task then.
    fn rest(&mut self, cx: &mut Context<'_>, silent: bool) -> bool {
        let deaf = silent || self.shutting || self.transport.is_none() || !self.session.wants_input(&self.limits);
        let done = self.batch.is_empty() && !self.unflushed && self.farewell.is_none() && !self.session.owes();
        if !deaf || !(done || self.blocked || self.transport.is_none()) {
            return false;
        }
        if !self.link.rest(cx.waker(), self.blocked || self.transport.is_none()) {
            return false;
        }
        let Some(at) = self.wake else { return true };
        let due = at <= self.now || self.timer.as_mut().poll_until(at, cx).is_ready();
        if due {
            // Time has passed since the turn began: the session is asked again at the time it named.
            self.now = at.max(self.runtime.now());
        }
        !due
    }

    fn is_spent(&self) -> bool {
        self.reads == 0 || self.writes == 0
    }

    fn refill(&mut self) {
        self.reads = READS;
        self.writes = WRITES;
    }

    fn lose(&mut self, error: ReceiveError) {
        self.transport = None;
        self.batch.clear();
        self.unflushed = false;
        self.tell(Input::Failed(error));
    }

    fn tell(&mut self, input: Input) {
        let was_closing = self.session.is_closing();
        self.session.handle(self.now, input, &self.limits);
        if self.session.is_closing() && !was_closing {
            self.link.advance(ReadyState::Closing);
        }
    }
}

impl<T: Transport, R: Runtime> Beside for Pump<T, R> {
    fn now(&self) -> Now {
        self.now
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Halt> {
        // A session whose hook runs gives no event and is not finished: the hook is to be dropped.
        self.poll_turn(cx).map(|_| if self.cut { Halt::Cut } else { Halt::TimedOut })
    }

    fn ended(&mut self, outcome: Outcome) -> Option<Event> {
        self.obey();
        self.tell(Input::Ended(outcome));
        if self.keeps {
            return None;
        }
        match self.step() {
            Some(Next::Event(event)) if !self.cut => Some(event),
            _ => None,
        }
    }
}
