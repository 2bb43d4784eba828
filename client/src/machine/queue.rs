use std::collections::VecDeque;

use irori::wire::Text;

/// Messages that an open connection may have taken and not written yet: a reader that is slow, and no longer a burst.
const OPEN: usize = 1024;

/// What waits to be sent, and what every connection begins with: what a member shows, or a greeting.
#[derive(Debug)]
pub(super) struct Queue {
    items: VecDeque<Item>,
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
        Self { items: VecDeque::new(), presence: None, shows: false, greeting: Vec::new(), greetings: 0, limit }
    }

    pub(super) fn messages(&self) -> usize {
        self.items.len() - self.greetings - usize::from(self.shows)
    }

    /// Whether there was a place for a message that waits for a connection.
    pub(super) fn push(&mut self, text: Text) -> bool {
        self.push_within(text, self.limit)
    }

    /// Whether there was a place for a message that goes out at once.
    pub(super) fn push_open(&mut self, text: Text) -> bool {
        self.push_within(text, self.limit.max(OPEN))
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
            Item::Message(text) => Some(text),
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
        (self.shows, self.greetings) = (false, 0);
        messages
    }

    fn push_within(&mut self, text: Text, limit: usize) -> bool {
        let fits = self.messages() < limit;
        if fits {
            self.items.push_back(Item::Message(text));
        }
        fits
    }
}
