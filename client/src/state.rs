//! What is under the lock of a client.

use std::{collections::BTreeMap, sync::Arc};

use irori::{CloseInfo, channel::Params, rt::Now};

use crate::{
    callback::Callback,
    machine::Machine,
    messages::{Given, Readers},
    mirror::{Change, Heard, Mirror},
    status::Status,
};

pub(crate) type Listener<M> = Arc<dyn Callback<<M as Mirror>::Message>>;

pub(crate) struct State<M: Mirror> {
    pub(crate) machine: Machine,
    pub(crate) mirror: M,
    /// `None` for what has no params, and is no room.
    pub(crate) params: Option<Params>,
    pub(crate) last: Option<M::Message>,
    pub(crate) readers: Readers<M::Message>,
    pub(crate) listeners: BTreeMap<u64, Listener<M>>,
    pub(crate) next_listener: u64,
    pub(crate) ended: bool,
}

/// What follows from a text, to be seen to without the lock: values of the app are dropped there too.
pub(crate) struct News<M: Mirror> {
    pub(crate) heard: Heard<M::Message>,
    /// Those who read it; `None` for what is no message.
    pub(crate) given: Option<Given<M::Message>>,
    /// Those who are to be called with it.
    pub(crate) listeners: Vec<(u64, Listener<M>)>,
    /// The last message until then.
    pub(crate) replaced: Option<M::Message>,
}

impl<M: Mirror> State<M> {
    /// Takes what the server told, or gives it back: to a client that closes, or that went to another key, it comes too
    /// late.
    pub(crate) fn hear(&mut self, told: M::Told, now: Now) -> Result<News<M>, M::Told> {
        if !self.machine.is_live() {
            return Err(told);
        }
        let heard = self.mirror.take(told);
        if heard.change == Change::Entered {
            self.machine.opened(now);
        }
        let mut news = News { heard, given: None, listeners: vec![], replaced: None };
        // In a room nothing is said before the snapshot.
        if let Some(message) = &news.heard.message
            && self.machine.status() == Status::Open
        {
            news.given = Some(self.readers.give(message));
            news.listeners = self.listeners.iter().map(|(&id, listener)| (id, Arc::clone(listener))).collect();
            news.replaced = self.last.replace(message.clone());
        }
        Ok(news)
    }
}

/// What is seen of a machine, and watched.
#[derive(PartialEq)]
pub(crate) struct View {
    pub(crate) status: Status,
    pub(crate) retry_at: Option<Now>,
    pub(crate) close_info: Option<CloseInfo>,
    pub(crate) queued: usize,
}

impl View {
    pub(crate) fn of(machine: &Machine) -> Self {
        Self {
            status: machine.status(),
            retry_at: machine.retry_at(),
            close_info: machine.close_info().cloned(),
            queued: machine.queued(),
        }
    }
}
