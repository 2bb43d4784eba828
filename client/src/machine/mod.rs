//! A client as a value: status, tries, what waits to be sent. It knows no socket and no clock; what happens is told to it,
//! and what is to be done is asked of it. The table of its states is `transitions.json`, which the JavaScript client is
//! held to as well.

mod orders;
mod queue;
mod settings;

use std::time::Duration;

use irori::{
    CloseInfo,
    rt::Now,
    wire::{CloseFrame, Text},
};

use self::{orders::Orders, queue::Queue};
pub(crate) use self::{
    orders::{Goodbye, Order},
    settings::Settings,
};
use crate::{
    send::{Delivery, Refused},
    status::Status,
};

/// How long the answer to a close is waited for (PROTOCOL.md, section 7).
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Machine {
    settings: Settings,
    /// Whether the app wants a connection.
    enabled: bool,
    phase: Phase,
    /// Tries since the last stable connection.
    tries: u32,
    /// Where in its slot each of them is, drawn for the first.
    place: f64,
    close_info: Option<CloseInfo>,
    queue: Queue,
    orders: Orders,
    /// Whether there is nobody any more who does what is to be done.
    over: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// `gave_up`: for want of tries, so that a network which is back starts it again.
    Closed { gave_up: bool },
    /// An attempt, to be given up at `until`. `again`: not the first.
    Dialing { until: Now, again: bool },
    /// `stable_at`: when the tries are forgotten.
    Open { stable_at: Option<Now> },
    /// Between two attempts.
    Waiting { until: Now },
    /// Our close waits for its answer. `again`: and then a new start.
    Closing { until: Now, again: bool },
}

impl Machine {
    pub(crate) fn new(now: Now, settings: Settings) -> Self {
        let queue = Queue::new(settings.queue);
        let phase = Phase::Closed { gave_up: false };
        let enabled = settings.enabled;
        let (orders, close_info) = (Orders::default(), None);
        let mut machine =
            Self { settings, enabled, phase, tries: 0, place: 1.0, close_info, queue, orders, over: false };
        if enabled {
            machine.dial(now, false);
        }
        machine
    }

    pub(crate) fn status(&self) -> Status {
        match self.phase {
            Phase::Closed { .. } => Status::Closed,
            Phase::Dialing { again: false, .. } => Status::Connecting,
            Phase::Dialing { again: true, .. } | Phase::Waiting { .. } => Status::Reconnecting,
            Phase::Open { .. } => Status::Open,
            Phase::Closing { .. } => Status::Closing,
        }
    }

    /// How the last connection ended; `None` while one is open.
    pub(crate) fn close_info(&self) -> Option<&CloseInfo> {
        self.close_info.as_ref()
    }

    /// Messages that wait for a connection.
    pub(crate) fn queued(&self) -> usize {
        if matches!(self.phase, Phase::Open { .. }) { 0 } else { self.queue.messages() }
    }

    /// When the next try begins, while it is waited for.
    pub(crate) fn retry_at(&self) -> Option<Now> {
        match self.phase {
            Phase::Waiting { until } => Some(until),
            _ => None,
        }
    }

    /// When [`timer`](Self::timer) is to be called.
    pub(crate) fn next_timer(&self) -> Option<Now> {
        match self.phase {
            Phase::Dialing { until, .. } | Phase::Waiting { until } | Phase::Closing { until, .. } => Some(until),
            Phase::Open { stable_at } => stable_at,
            Phase::Closed { .. } => None,
        }
    }

    pub(crate) fn has_orders(&self) -> bool {
        !self.orders.is_empty()
    }

    pub(crate) fn next_order(&mut self) -> Option<Order> {
        self.orders.next()
    }

    /// Whether there is an attempt or a connection that is wanted. Of what was let go nothing counts, neither what it says
    /// nor its end, though whoever has it may not know yet.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Dialing { .. } | Phase::Open { .. }) && !self.orders.let_go()
    }

    /// The next text for the connection that is open.
    pub(crate) fn next_text(&mut self) -> Option<Text> {
        matches!(self.phase, Phase::Open { .. }).then(|| self.queue.pop()).flatten()
    }

    /// A message of the app.
    pub(crate) fn send(&mut self, text: Text) -> Result<Delivery, Refused> {
        match self.phase {
            Phase::Open { .. } => self.queue.push_open(text).then_some(Delivery::Sent).ok_or(Refused::QueueFull),
            Phase::Dialing { .. } | Phase::Waiting { .. } => {
                self.queue.push(text).then_some(Delivery::Queued).ok_or(Refused::QueueFull)
            }
            Phase::Closed { .. } | Phase::Closing { .. } => Err(Refused::Closed),
        }
    }

    /// What the member shows from now on.
    pub(crate) fn show(&mut self, presence: Text) {
        self.queue.show(presence, matches!(self.phase, Phase::Open { .. }));
    }

    /// What every connection begins with from now on.
    pub(crate) fn greet(&mut self, greeting: Vec<Text>) {
        self.queue.greet(greeting);
    }

    /// The app wants a connection.
    pub(crate) fn enable(&mut self, now: Now) {
        if self.over {
            return;
        }
        self.enabled = true;
        match &mut self.phase {
            Phase::Closed { .. } => {
                self.tries = 0;
                self.dial(now, false);
            }
            Phase::Closing { again, .. } => *again = true, // once the close is answered
            Phase::Dialing { .. } | Phase::Waiting { .. } | Phase::Open { .. } => {}
        }
    }

    /// The app wants none any more.
    pub(crate) fn close(&mut self, now: Now, frame: CloseFrame) {
        self.enabled = false;
        match &mut self.phase {
            Phase::Open { .. } => {
                self.phase = Phase::Closing { until: now + CLOSE_TIMEOUT, again: false };
                self.orders.close(Goodbye { texts: self.queue.take(), frame });
            }
            Phase::Closing { again, .. } => *again = false,
            Phase::Dialing { .. } => {
                self.orders.forget(Some(Goodbye { texts: Vec::new(), frame }));
                self.phase = Phase::Closed { gave_up: false };
            }
            Phase::Waiting { .. } | Phase::Closed { .. } => self.phase = Phase::Closed { gave_up: false },
        }
        self.drop_queue();
    }

    /// The address changed: what waits, and what the member shows, belonged to the old one.
    pub(crate) fn restart(&mut self, now: Now) {
        match self.phase {
            Phase::Dialing { .. } => self.leave(Vec::new()),
            Phase::Closing { again: true, .. } => self.orders.forget(None),
            Phase::Open { .. } => {
                let texts = self.queue.take();
                self.leave(texts);
            }
            Phase::Closing { again: false, .. } | Phase::Waiting { .. } | Phase::Closed { .. } => {}
        }
        self.drop_queue();
        self.queue.forget();
        if self.enabled {
            self.close_info = None;
            self.tries = 0;
            self.dial(now, false);
        }
    }

    /// The attempt succeeded, unless it was given up.
    pub(crate) fn opened(&mut self, now: Now) {
        if self.is_live() && matches!(self.phase, Phase::Dialing { .. }) {
            self.close_info = None;
            self.queue.opened();
            self.phase = Phase::Open { stable_at: Some(now + self.settings.stable_after) };
        }
    }

    /// The attempt failed, or the connection ended. `wanted`: the app wants another try. `random` gives a number of at
    /// least 0 and less than 1.
    pub(crate) fn lost(&mut self, now: Now, info: CloseInfo, wanted: bool, random: impl FnOnce() -> f64) {
        match self.phase {
            Phase::Dialing { .. } | Phase::Open { .. } if self.is_live() => {
                self.queue.lost();
                self.close_info = Some(info);
                if wanted { self.wait(now, random) } else { self.end() }
            }
            Phase::Closing { again, .. } => self.closed(now, info, again),
            _ => {}
        }
    }

    /// What there is, is to be left at once: the network is gone, or an attempt takes too long. `wanted` and `random` as
    /// for [`lost`](Self::lost).
    pub(crate) fn gone(&mut self, now: Now, wanted: bool, random: impl FnOnce() -> f64) {
        if self.is_live() {
            self.lost(now, CloseInfo::lost(), wanted, random);
            self.leave(Vec::new()); // perhaps a server hears of it, after all
        }
    }

    /// The network is back, or the app wants no wait. An attempt that is under way began perhaps before that: the tries after
    /// it are all there again.
    pub(crate) fn back(&mut self, now: Now) {
        match self.phase {
            Phase::Waiting { .. } | Phase::Closed { gave_up: true } => {
                self.tries = 0;
                self.dial(now, true);
            }
            Phase::Dialing { .. } => self.tries = 0,
            Phase::Closed { gave_up: false } | Phase::Open { .. } | Phase::Closing { .. } => {}
        }
    }

    /// The time for which a timer was wanted has come. Whether an attempt takes too long, which is then [`gone`](Self::gone).
    pub(crate) fn timer(&mut self, now: Now) -> bool {
        if self.next_timer().is_none_or(|at| now < at) {
            return false;
        }
        match self.phase {
            Phase::Dialing { .. } => return true,
            Phase::Waiting { .. } => self.dial(now, true),
            Phase::Open { .. } => {
                self.tries = 0;
                self.phase = Phase::Open { stable_at: None };
            }
            Phase::Closing { again, .. } => {
                self.orders.forget(None);
                self.closed(now, CloseInfo::lost(), again);
            }
            Phase::Closed { .. } => {}
        }
        false
    }

    /// Nobody is there any more who connects: it is closed, for good. How many messages are never sent.
    pub(crate) fn stop(&mut self) -> usize {
        (self.enabled, self.over) = (false, true);
        if !matches!(self.phase, Phase::Closed { .. }) {
            self.close_info = Some(CloseInfo::lost());
        }
        self.end();
        self.orders.finish()
    }

    fn dial(&mut self, now: Now, again: bool) {
        self.phase = Phase::Dialing { until: now + self.settings.connect_timeout, again };
        self.orders.dial();
    }

    /// Lets go of a connection that was not asked to end, with a goodbye.
    fn leave(&mut self, texts: Vec<Text>) {
        self.orders.forget(Some(Goodbye { texts, frame: CloseFrame::normal() }));
    }

    fn wait(&mut self, now: Now, random: impl FnOnce() -> f64) {
        if self.settings.max_retries.is_some_and(|most| self.tries >= most) {
            self.phase = Phase::Closed { gave_up: true };
            return;
        }
        if self.settings.jitter && self.tries == 0 {
            self.place = random();
        }
        let until = now + self.settings.delay(self.tries, self.place);
        self.tries = self.tries.saturating_add(1);
        self.phase = Phase::Waiting { until };
    }

    /// Our close ended.
    fn closed(&mut self, now: Now, info: CloseInfo, again: bool) {
        self.close_info = Some(info);
        self.end();
        if again {
            self.enable(now);
        }
    }

    fn end(&mut self) {
        self.drop_queue();
        self.phase = Phase::Closed { gave_up: false };
    }

    fn drop_queue(&mut self) {
        self.orders.unsent(self.queue.clear());
    }
}
