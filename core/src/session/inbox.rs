use std::collections::VecDeque;

use super::event::Event;
use crate::limits::InboxLimits;

/// What came while a hook ran.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    events: VecDeque<Event>,
    bytes: usize,
}

impl Inbox {
    /// Whether one more may be read from the peer.
    pub(super) fn has_place(&self, limits: &InboxLimits) -> bool {
        self.events.len() < limits.messages && self.bytes < limits.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn push(&mut self, event: Event) {
        self.bytes += size(&event);
        self.events.push_back(event);
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        match &event {
            Some(event) => self.bytes -= size(event),
            // An idle connection holds no buffer.
            None => self.events = VecDeque::new(),
        }
        event
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn size(event: &Event) -> usize {
    match event {
        Event::Message(payload) => payload.len(),
        _ => 0,
    }
}
