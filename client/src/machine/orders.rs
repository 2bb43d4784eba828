use irori::wire::{CloseFrame, Text};

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order {
    /// Close the connection, and tell of its end.
    Close(Goodbye),
    /// Let go of the connection or the attempt, and hear of it no more.
    Forget(Option<Goodbye>),
    /// Tell the app that so many messages were never sent.
    Unsent(usize),
    /// Ask for the address, and connect.
    Dial,
}

/// The last that a connection sends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Goodbye {
    /// What the app was told is on its way.
    pub(crate) texts: Vec<Text>,
    pub(crate) frame: CloseFrame,
}

/// What is to be done next. However much is wished until somebody comes to do it, there is at most one of each kind.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// What becomes of the connection or the attempt that is there: a close, or that it is forgotten.
    end: Option<Order>,
    unsent: usize,
    dial: bool,
}

impl Orders {
    pub(super) fn close(&mut self, goodbye: Goodbye) {
        self.end = Some(Order::Close(goodbye));
    }

    /// What was to be done to the connection before this is what it hears, and a dial that nobody came to is none.
    pub(super) fn forget(&mut self, goodbye: Option<Goodbye>) {
        self.dial = false;
        self.end = Some(match self.end.take() {
            Some(Order::Close(first)) => Order::Forget(Some(first)),
            Some(before) => before,
            None => Order::Forget(goodbye),
        });
    }

    pub(super) fn unsent(&mut self, messages: usize) {
        self.unsent += messages;
    }

    pub(super) fn dial(&mut self) {
        self.dial = true;
    }

    pub(super) fn next(&mut self) -> Option<Order> {
        if self.end.is_some() {
            return self.end.take();
        }
        if self.unsent > 0 {
            return Some(Order::Unsent(std::mem::take(&mut self.unsent)));
        }
        std::mem::take(&mut self.dial).then_some(Order::Dial)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.end.is_none() && self.unsent == 0 && !self.dial
    }

    /// Whether what is there now was let go, or replaced, by what nobody came to yet.
    pub(super) fn let_go(&self) -> bool {
        self.dial || matches!(self.end, Some(Order::Forget(_)))
    }

    /// How many messages were never sent, when nothing else is to be done any more.
    pub(super) fn finish(&mut self) -> usize {
        std::mem::take(self).unsent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goodbye(text: &str) -> Goodbye {
        Goodbye { texts: vec![text.into()], frame: CloseFrame::normal() }
    }

    fn all(orders: &mut Orders) -> Vec<Order> {
        std::iter::from_fn(|| orders.next()).collect()
    }

    #[test]
    fn the_connection_hears_the_first_goodbye_and_the_last_dial_counts() {
        let mut orders = Orders::default();
        orders.forget(Some(goodbye("first")));
        for _ in 0..1000 {
            orders.unsent(1);
            orders.dial();
            orders.forget(Some(goodbye("later")));
        }
        assert_eq!(all(&mut orders), [Order::Forget(Some(goodbye("first"))), Order::Unsent(1000)]);
        orders.forget(None);
        orders.dial();
        assert_eq!(all(&mut orders), [Order::Forget(None), Order::Dial]);
        assert!(orders.is_empty());
    }

    #[test]
    fn who_was_to_close_and_is_let_go_says_what_it_was_to_say() {
        let mut orders = Orders::default();
        orders.close(goodbye("last words"));
        assert!(!orders.let_go());
        orders.forget(None);
        assert!(orders.let_go());
        assert_eq!(all(&mut orders), [Order::Forget(Some(goodbye("last words")))]);
    }
}
