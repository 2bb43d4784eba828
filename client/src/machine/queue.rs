use std::collections::VecDeque;

use irori::wire::Text;

/// Bytes of the messages that wait, unless it is one alone: what our servers take at once, by their defaults.
const BYTES: usize = 256 * 1024;

/// The same while a connection is open and its reader slow.
const OPEN_BYTES: usize = 16 * 1024 * 1024;

/// Messages that an open connection may have taken and not written yet: a reader that is slow, and no longer a burst.
const OPEN: usize = 1024;

/// What waits to be sent, and what every connection begins with: what a member shows, or a greeting.
#[derive(Debug)]
pub(super) struct Queue {
    items: VecDeque<Item>,
    /// Of the messages among them.
    bytes: usize,
    presence: Option<Text>,
    /// Whether what the member shows is among the items.
    shows: bool,
    greeting: Vec<Text>,
    /// How many of the items are of the greeting.
    greetings: usize,
    limit: usize,
}

#[derive(Debug)]
enum Item {
    Message(Text),
    Greeting(Text),
    /// What the member shows by the time it is sent. There is at most one.
    Presence,
}

impl Queue {
    /// A queue of at most `limit` messages while nothing is open.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            items: VecDeque::new(),
            bytes: 0,
            presence: None,
            shows: false,
            greeting: Vec::new(),
            greetings: 0,
            limit,
        }
    }

    pub(super) fn messages(&self) -> usize {
        self.items.len() - self.greetings - usize::from(self.shows)
    }

    /// Whether there was a place for a message that waits for a connection.
    pub(super) fn push(&mut self, text: Text) -> bool {
        self.push_within(text, self.limit, BYTES)
    }

    /// Whether there was a place for a message that goes out at once.
    pub(super) fn push_open(&mut self, text: Text) -> bool {
        self.push_within(text, self.limit.max(OPEN), OPEN_BYTES)
    }

    /// `due`: it goes out now, behind what was sent before.
    pub(super) fn show(&mut self, presence: Text, due: bool) {
        self.presence = Some(presence);
        if due && !self.shows {
            self.items.push_back(Item::Presence);
            self.shows = true;
        }
    }

    /// What every connection begins with from now on.
    pub(super) fn greet(&mut self, greeting: Vec<Text>) {
        self.greeting = greeting;
    }

    /// Nothing is shown any more, and nobody greeted.
    pub(super) fn forget(&mut self) {
        self.presence = None;
        self.greeting.clear();
        self.lost();
    }

    /// A connection begins.
    pub(super) fn opened(&mut self) {
        self.greetings = self.greeting.len();
        for text in self.greeting.iter().rev() {
            self.items.push_front(Item::Greeting(text.clone()));
        }
        self.shows = self.presence.is_some();
        if self.shows {
            self.items.push_front(Item::Presence);
        }
    }

    /// What was not written yet waits for the next connection.
    pub(super) fn lost(&mut self) {
        self.items.retain(|item| matches!(item, Item::Message(_)));
        (self.shows, self.greetings) = (false, 0);
    }

    pub(super) fn pop(&mut self) -> Option<Text> {
        match self.items.pop_front()? {
            Item::Message(text) => {
                self.bytes -= text.len();
                Some(text)
            }
            Item::Greeting(text) => {
                self.greetings -= 1;
                Some(text)
            }
            Item::Presence => {
                self.shows = false;
                self.presence.clone()
            }
        }
    }

    /// All there is.
    pub(super) fn take(&mut self) -> Vec<Text> {
        std::iter::from_fn(|| self.pop()).collect()
    }

    /// Drops all messages, and says how many.
    pub(super) fn clear(&mut self) -> usize {
        let messages = self.messages();
        self.items.clear();
        self.bytes = 0;
        (self.shows, self.greetings) = (false, 0);
        messages
    }

    fn push_within(&mut self, text: Text, messages: usize, bytes: usize) -> bool {
        let waiting = self.messages();
        let fits = waiting < messages && (waiting == 0 || self.bytes + text.len() <= bytes);
        if fits {
            self.bytes += text.len();
            self.items.push_back(Item::Message(text));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_bounded_by_number_and_by_bytes() {
        let text = |bytes: usize| Text::from("x".repeat(bytes));
        let mut queue = Queue::new(3);
        assert_eq!([BYTES + 1, 1].map(|bytes| queue.push(text(bytes))), [true, false], "one alone has any size");
        assert_eq!((queue.pop().map(|text| text.len()), queue.messages()), (Some(BYTES + 1), 0));
        assert_eq!([BYTES / 2, BYTES / 2, 1].map(|bytes| queue.push(text(bytes))), [true, true, false]);
        assert!(queue.push_open(text(1)));
        assert_eq!((queue.clear(), queue.push(text(BYTES))), (3, true));
        assert_eq!([0, 0, 0].map(|bytes| queue.push(text(bytes))), [true, true, false]);
    }
}
