//! A connection as a value: what it has heard, what it owes and when it must act next. No I/O, no clock, no lock.
//!
//! One invariant to keep: after every [`Session::handle`], call [`Session::poll`] until it says [`Output::Wait`], and
//! wake it then; what it owes meanwhile is taken by [`Session::reply`]. It says [`Output::Event`] and later hears
//! [`Input::Ended`]; it never knows that hooks are async.

mod closing;
mod event;
mod inbox;
mod liveness;
mod rate;
mod stored;

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;

pub(crate) use self::event::{Event, Input, Outcome, Output, Payload};
use self::{
    closing::Closing,
    inbox::Inbox,
    liveness::{Beat, Liveness},
    rate::{Load, Meter, Verdict},
};
pub(crate) use self::{rate::Gcra, stored::Stored};
use crate::{
    error::{Breach, Cause, Stage},
    limits::Limits,
    rt::Now,
    wire::{CloseCode, CloseFrame, Frame, Opcode, ReceiveError, Received},
};

/// Control frames that are owed at most.
const REPLIES: usize = 16;

/// What a unit wants of its sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// A failed opening leaves the connection open.
    pub(crate) keep_failed_open: bool,
}

#[derive(Debug)]
pub(crate) struct Session {
    manner: Manner,
    opened: Opened,
    /// The hook that runs, and when it must be done.
    running: Option<Running>,
    inbox: Inbox,
    /// Control frames that are owed.
    replies: VecDeque<Frame>,
    meter: Meter,
    /// Since when the socket has not been read to its end, because the inbox was full.
    behind: Option<Now>,
    liveness: Liveness,
    /// When the message that is coming in must be whole.
    whole_by: Option<Now>,
    /// When the handler asked to be called again.
    tick_at: Option<Now>,
    drain_at: Option<Now>,
    closing: Option<Closing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    /// The open hook has not been asked for.
    No,
    /// It runs.
    Opening,
    /// It ended.
    Yes,
}

#[derive(Clone, Copy, Debug)]
enum Running {
    /// It has not been seen pending.
    Started,
    /// It is pending, until then at most.
    Pending(Option<Now>),
}

impl Session {
    /// A connection that was let in. `seed` spreads the heartbeats of many.
    pub(crate) fn new(now: Now, seed: u64, manner: Manner, limits: &Limits) -> Self {
        Self {
            manner,
            opened: Opened::No,
            running: None,
            inbox: Inbox::default(),
            replies: VecDeque::new(),
            meter: Meter::default(),
            behind: None,
            liveness: Liveness::new(now, seed, &limits.liveness),
            whole_by: None,
            tick_at: None,
            drain_at: None,
            closing: None,
        }
    }

    /// A connection that was denied: no hook ever runs, the close frame is all it gets.
    pub(crate) fn denied(now: Now, frame: &CloseFrame, limits: &Limits) -> Self {
        let mut session = Self::new(now, 0, Manner::default(), limits);
        session.closing = Some(Closing::denied(now, frame, limits.close.deadline));
        session
    }

    /// Whether more may be read from the peer.
    pub(crate) fn wants_input(&self, limits: &Limits) -> bool {
        match &self.closing {
            Some(closing) => closing.listens(),
            None => self.inbox.has_place(&limits.inbox),
        }
    }

    /// Whether the end is so near that nothing can be sent any more.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.as_ref().is_some_and(|closing| !closing.is_holding())
    }

    /// All that came has been read.
    pub(crate) fn caught_up(&mut self) {
        self.behind = None;
    }

    /// A control frame that is owed. They are asked for when the stream can take them, so that a peer which pings and
    /// never reads is owed no more than a few.
    pub(crate) fn reply(&mut self) -> Option<Frame> {
        self.replies.pop_front()
    }

    /// Whether a control frame is owed.
    pub(crate) fn owes(&self) -> bool {
        !self.replies.is_empty()
    }

    /// Takes what happened.
    pub(crate) fn handle(&mut self, now: Now, input: Input, limits: &Limits) {
        match input {
            Input::Received(received) => self.received(now, received, limits),
            Input::Failed(error) => self.failed(now, error, limits),
            Input::Ended(outcome) => self.ended(now, outcome, limits),
            Input::Close(frame) => self.close(now, &frame, limits),
            Input::Drain(delay) => {
                self.drain_at.get_or_insert(now + delay);
            }
            Input::CloseSent => self.with_closing(Closing::sent),
            Input::Shut => self.with_closing(Closing::gone),
        }
    }

    /// What to do next.
    pub(crate) fn poll(&mut self, now: Now, limits: &Limits) -> Output {
        if let Some(output) = self.overdue(now, limits) {
            return output;
        }
        // A hook that is asked about while it runs is pending, and may be so for long: no close waits for it.
        let settled = self.running.is_some() || (self.opened == Opened::Yes && self.inbox.is_empty());
        if let Some(output) = self.closing.as_mut().and_then(|closing| closing.poll(settled)) {
            return output;
        }
        if self.running.is_none()
            && let Some(event) = self.next_event(now)
        {
            self.running = Some(Running::Started);
            return Output::Event(event);
        }
        if self.running.is_none() && self.closing.as_ref().is_some_and(Closing::is_over) {
            return Output::Finished;
        }
        Output::Wait(self.next_wake(limits))
    }

    fn received(&mut self, now: Now, received: Received, limits: &Limits) {
        self.liveness.heard(now);
        if let Some(closing) = &mut self.closing {
            if matches!(received, Received::Close(_)) {
                closing.answered();
            }
            return;
        }
        match received {
            Received::Text(bytes) => self.message(now, Payload::Text(bytes), limits),
            Received::Binary(bytes) => self.message(now, Payload::Binary(bytes), limits),
            Received::Ping(payload) => {
                if self.weigh(now, Load::control(payload.len()), limits) {
                    self.owe_pong(&payload);
                }
            }
            Received::Pong => drop(self.weigh(now, Load::control(0), limits)),
            Received::Alive => {}
            Received::Partial => self.whole_by = Some(now + limits.message.deadline),
            Received::Close(frame) => {
                self.closing = Some(Closing::by_peer(now, frame.as_ref(), limits.close.deadline));
            }
        }
        if !self.inbox.has_place(&limits.inbox) {
            self.behind.get_or_insert(now);
        }
    }

    fn message(&mut self, now: Now, payload: Payload, limits: &Limits) {
        self.whole_by = None;
        self.liveness.message(now);
        if self.weigh(now, Load::message(payload.len()), limits) {
            self.inbox.push(Event::Message(payload));
        }
    }

    /// Whether what came is within the peer's rate; else it is dropped, the handler is told, and it may be the end.
    fn weigh(&mut self, now: Now, load: Load, limits: &Limits) -> bool {
        // What was not read while the inbox was full may have come at any time since.
        let since = self.behind.unwrap_or(now);
        let (breach, too_often) = match self.meter.weigh(now, since, load, limits) {
            Verdict::Take => return true,
            Verdict::Drop(breach) => (breach, false),
            Verdict::GiveUp(breach) => (breach, true),
        };
        self.inbox.push(limit(breach));
        if too_often {
            self.end_after_what_came(now, &CloseFrame::of(CloseCode::POLICY, "rate limit"), limits);
        }
        false
    }

    /// Owes a pong for each ping, but no more than a few: the newest answers for those before it (RFC 6455, section
    /// 5.5.3), so that a flood of pings is bounded.
    fn owe_pong(&mut self, payload: &Bytes) {
        if self.replies.len() >= REPLIES {
            self.replies.pop_front();
        }
        self.replies.push_back(Frame::new(Opcode::Pong, payload));
    }

    fn failed(&mut self, now: Now, error: ReceiveError, limits: &Limits) {
        let Some(frame) = error.close_frame() else {
            return self.lost(error);
        };
        if self.closing.is_some() {
            return self.with_closing(Closing::deaf);
        }
        self.inbox.push(transport(error));
        self.end_after_what_came(now, &frame, limits);
        self.with_closing(Closing::deaf);
    }

    fn lost(&mut self, error: ReceiveError) {
        match &mut self.closing {
            Some(closing) => closing.gone(),
            None => {
                if matches!(error, ReceiveError::Lost(Some(_))) {
                    self.inbox.push(transport(error));
                }
                self.closing = Some(Closing::by_loss());
            }
        }
    }

    fn ended(&mut self, now: Now, outcome: Outcome, limits: &Limits) {
        self.running = None;
        let failed_open = self.opened == Opened::Opening && outcome.failed;
        self.opened = if outcome.half_open { Opened::No } else { Opened::Yes };
        if self.closing.as_ref().is_some_and(Closing::was_told) {
            return self.with_closing(Closing::done);
        }
        if let Some(at) = outcome.tick_at {
            self.tick_at = Some(at);
        }
        if let Some(frame) = outcome.close {
            return self.close(now, &frame, limits);
        }
        if outcome.fatal || (failed_open && !self.manner.keep_failed_open) {
            self.close(now, &CloseFrame::of(CloseCode::INTERNAL, "internal error"), limits);
        }
    }

    /// The app closes: what still waits to be handled is dropped, what waits to go out is not.
    fn close(&mut self, now: Now, frame: &CloseFrame, limits: &Limits) {
        self.inbox.clear();
        self.with_closing(|closing| closing.overrule(frame));
        self.end(now, frame, limits);
    }

    /// The end begins, unless it has begun; what came before is handled and answered first.
    fn end_after_what_came(&mut self, now: Now, frame: &CloseFrame, limits: &Limits) {
        if self.closing.is_none() {
            self.end(now, frame, limits);
            self.with_closing(Closing::hold);
        }
    }

    /// The end begins, unless it has begun; what came before is still handled.
    fn end(&mut self, now: Now, frame: &CloseFrame, limits: &Limits) {
        if self.closing.is_none() {
            self.whole_by = None;
            self.closing = Some(Closing::by_us(now, frame, limits.close.deadline));
        }
    }

    fn overdue(&mut self, now: Now, limits: &Limits) -> Option<Output> {
        match self.running {
            // A hook's time runs from when it is first seen pending: it may have waited for others of its burst.
            Some(Running::Started) => {
                self.running = Some(Running::Pending(limits.handler.deadline.map(|limit| now + limit)));
            }
            Some(Running::Pending(Some(until))) if now >= until => {
                // Said once: the hook is dropped, and `ended` follows.
                self.running = Some(Running::Pending(None));
                return Some(Output::Cancel);
            }
            _ => {}
        }
        if let Some(closing) = &mut self.closing {
            return closing.overdue(now);
        }
        if self.drain_at.is_some_and(|at| now >= at) {
            self.drain_at = None;
            self.end_after_what_came(now, &CloseFrame::of(CloseCode::GOING_AWAY, "going away"), limits);
        } else if !self.inbox.has_place(&limits.inbox) {
            // The socket is not read, so silence says nothing, and what is not whole could not get so.
            self.liveness.heard(now);
            self.liveness.message(now);
            self.whole_by = self.whole_by.map(|_| now + limits.message.deadline);
        } else if self.whole_by.is_some_and(|at| now >= at) {
            self.end(now, &CloseFrame::of(CloseCode::TIMED_OUT, "message too slow"), limits);
        } else {
            match self.liveness.poll(now, &limits.liveness) {
                Beat::Steady => {}
                Beat::Ping => self.replies.push_back(Frame::new(Opcode::Ping, &[])),
                Beat::Dead => self.end(now, &CloseFrame::of(CloseCode::TIMED_OUT, "no pong"), limits),
                Beat::Idle => self.end(now, &CloseFrame::of(CloseCode::TIMED_OUT, "idle"), limits),
            }
        }
        None
    }

    fn next_event(&mut self, now: Now) -> Option<Event> {
        if self.opened == Opened::No && self.closing.as_ref().is_none_or(|closing| !closing.was_told()) {
            self.opened = Opened::Opening;
            return Some(Event::Open);
        }
        if let Some(event) = self.inbox.pop() {
            return Some(event);
        }
        if let Some(closing) = &mut self.closing {
            return closing.tell().map(Event::Close);
        }
        if self.tick_at.is_some_and(|at| now >= at) {
            self.tick_at = None;
            return Some(Event::Tick);
        }
        None
    }

    fn next_wake(&self, limits: &Limits) -> Option<Now> {
        let running = match self.running {
            Some(Running::Pending(until)) => until,
            _ => None,
        };
        if let Some(closing) = &self.closing {
            return [running, closing.deadline()].into_iter().flatten().min();
        }
        let tick = self.tick_at.filter(|_| self.running.is_none());
        let is_read = self.inbox.has_place(&limits.inbox);
        let alive = is_read.then(|| self.liveness.due(&limits.liveness)).flatten();
        let whole_by = self.whole_by.filter(|_| is_read);
        [running, self.drain_at, whole_by, tick, alive].into_iter().flatten().min()
    }

    fn with_closing(&mut self, change: impl FnOnce(&mut Closing)) {
        if let Some(closing) = &mut self.closing {
            change(closing);
        }
    }

    /// Until when a drain may keep the connection, spread by its seed.
    pub(crate) fn drain_delay(seed: u64, window: Duration) -> Duration {
        window.mul_f64((seed % 1_024) as f64 / 1_024.0)
    }
}

fn limit(breach: Breach) -> Event {
    Event::Fault(Stage::Message, Cause::Limit(breach))
}

fn transport(error: ReceiveError) -> Event {
    Event::Fault(Stage::Transport, Cause::Transport(error.into()))
}

#[cfg(test)]
mod tests;
