use std::collections::VecDeque;

use irori_client::ConnectionId;

/// What one said oneself, in order, until it is heard or refused.
#[derive(Default)]
pub(crate) struct Unheard(VecDeque<Saying>);

struct Saying {
    text: String,
    /// Over which connection it went out; `None` while it waits for one.
    over: Option<ConnectionId>,
}

impl Unheard {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether an answer can be expected.
    pub(crate) fn went_out(&self) -> bool {
        self.0.front().is_some_and(|saying| saying.over.is_some())
    }

    pub(crate) fn say(&mut self, text: String, over: Option<ConnectionId>) {
        self.0.push_back(Saying { text, over });
    }

    /// One's id on the connection that there is: what waited has gone out over it. Gives how many lines went out over one
    /// before, and are lost.
    pub(crate) fn connected(&mut self, own: Option<ConnectionId>) -> usize {
        let before = self.0.len();
        self.0.retain(|saying| saying.over.is_none() || saying.over == own);
        self.0.iter_mut().for_each(|saying| saying.over = own);
        before - self.0.len()
    }

    /// Somebody's words came. One's own end the wait for them, and answers come in order: what went out before them has none.
    /// Gives how many lines that is, when the words are one's own.
    pub(crate) fn hear(&mut self, from: ConnectionId, own: Option<ConnectionId>, text: &str) -> Option<usize> {
        let is_this = |saying: &Saying| saying.over.or(own) == Some(from) && saying.text == text;
        let place = self.0.iter().position(is_this);
        place.inspect(|&place| drop(self.0.drain(..=place)))
    }

    /// The server does not pass one on.
    pub(crate) fn refused(&mut self) {
        self.0.pop_front();
    }

    /// There will be no answer any more. Gives how many lines there were.
    pub(crate) fn give_up(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ConnectionId {
        ConnectionId::from_random(number)
    }

    #[test]
    fn an_answer_is_to_what_was_said_first_and_none_is_to_what_was_passed_over() {
        let mut unheard = Unheard::default();
        for text in ["a", "a", "b", "c", "d"] {
            unheard.say(text.to_owned(), Some(id(1)));
        }
        assert_eq!((unheard.hear(id(1), None, "a"), unheard.len()), (Some(0), 4));
        assert_eq!((unheard.hear(id(2), Some(id(1)), "b"), unheard.len()), (None, 4));
        unheard.refused();
        assert_eq!((unheard.hear(id(1), Some(id(1)), "c"), unheard.len()), (Some(1), 1));
        assert_eq!((unheard.give_up(), unheard.len()), (1, 0));
    }

    #[test]
    fn what_went_out_is_lost_with_its_connection_and_what_waits_is_not() {
        let mut unheard = Unheard::default();
        unheard.say("waits".to_owned(), None);
        assert!(!unheard.went_out());
        assert_eq!((unheard.connected(Some(id(1))), unheard.went_out()), (0, true));
        unheard.say("goes".to_owned(), Some(id(1)));
        assert_eq!((unheard.connected(Some(id(1))), unheard.len()), (0, 2));
        assert_eq!(unheard.connected(None), 2);
        unheard.say("waits anew".to_owned(), None);
        assert_eq!((unheard.connected(Some(id(2))), unheard.len()), (0, 1));
        assert_eq!((unheard.connected(Some(id(3))), unheard.len()), (1, 0));
    }
}
