use std::{
    cell::RefCell,
    collections::VecDeque,
    fmt,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// What listeners hear, until a task takes it. Clones are one.
///
/// It needs no bound: a browser runs the tasks that an event woke before it brings the next event.
pub(super) struct Inbox<T>(Rc<RefCell<State<T>>>);

struct State<T> {
    waiting: VecDeque<T>,
    waker: Option<Waker>,
}

impl<T> Inbox<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(State { waiting: VecDeque::new(), waker: None })))
    }

    pub(super) fn put(&self, item: T) {
        let mut state = self.0.borrow_mut();
        state.waiting.push_back(item);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.borrow_mut();
        if let Some(item) = state.waiting.pop_front() {
            return Poll::Ready(item);
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> Clone for Inbox<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Inbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("waiting", &self.0.borrow().waiting.len()).finish()
    }
}
