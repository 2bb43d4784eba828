use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use futures_util::{Stream, StreamExt};

/// The messages of a client from now on, for one reader: a stream that ends with the client.
///
/// What a reader is slow to take waits for it, up to [`Options::inbox`](crate::Options::inbox). Then the oldest are dropped, and
/// [`missed`](Self::missed) says so.
///
/// ```
/// # async fn read(mut messages: irori_client::Messages<String>) {
/// while let Some(message) = messages.recv().await {
///     println!("{message}");
/// }
/// # }
/// ```
pub struct Messages<T>(Arc<Mutex<Inbox<T>>>);

struct Inbox<T> {
    waiting: VecDeque<T>,
    limit: usize,
    missed: u64,
    ended: bool,
    waker: Option<Waker>,
}

impl<T> Messages<T> {
    /// The next message; `None` when the client [ended](crate#the-end-of-a-client).
    pub async fn recv(&mut self) -> Option<T> {
        self.next().await
    }

    /// The next message, when it is here already.
    pub fn try_recv(&mut self) -> Option<T> {
        lock(&self.0).waiting.pop_front()
    }

    /// How many were dropped since the last call, since nobody took them.
    pub fn missed(&mut self) -> u64 {
        std::mem::take(&mut lock(&self.0).missed)
    }
}

impl<T> Stream for Messages<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut inbox = lock(&self.0);
        match inbox.waiting.pop_front() {
            Some(message) => Poll::Ready(Some(message)),
            None if inbox.ended => Poll::Ready(None),
            None => {
                let before = inbox.waker.replace(cx.waker().clone());
                drop(inbox);
                drop(before); // an executor's code, without the lock
                Poll::Pending
            }
        }
    }
}

impl<T> fmt::Debug for Messages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inbox = lock(&self.0);
        f.debug_struct("Messages").field("waiting", &inbox.waiting.len()).field("missed", &inbox.missed).finish()
    }
}

/// What became of a message, for whoever holds a lock to see to without it: whom to wake, what found no place, and who reads,
/// since that may be let go of meanwhile, with all that it has.
pub(crate) struct Given<T> {
    wakers: Vec<Waker>,
    dropped: Vec<T>,
    _readers: Vec<Messages<T>>,
}

impl<T> Given<T> {
    /// Not under a lock: what is dropped here is the app's, and what wakes is an executor's.
    pub(crate) fn wake(self) {
        drop(self.dropped);
        self.wakers.into_iter().for_each(Waker::wake);
    }
}

/// The client's end of its readers.
pub(crate) struct Readers<T> {
    readers: Vec<Weak<Mutex<Inbox<T>>>>,
    limit: usize,
}

impl<T: Clone> Readers<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { readers: Vec::new(), limit }
    }

    pub(crate) fn reader(&mut self, ended: bool) -> Messages<T> {
        let inbox = Inbox { waiting: VecDeque::new(), limit: self.limit.max(1), missed: 0, ended, waker: None };
        let inbox = Arc::new(Mutex::new(inbox));
        self.readers.retain(|reader| reader.strong_count() > 0);
        self.readers.push(Arc::downgrade(&inbox));
        Messages(inbox)
    }

    /// Gives a message to every reader.
    #[must_use]
    pub(crate) fn give(&mut self, message: &T) -> Given<T> {
        self.each(|inbox| {
            let is_full = inbox.waiting.len() >= inbox.limit;
            let dropped = if is_full { inbox.waiting.pop_front() } else { None };
            inbox.missed += u64::from(is_full);
            inbox.waiting.push_back(message.clone());
            dropped
        })
    }

    /// There will be no more.
    #[must_use]
    pub(crate) fn end(&mut self) -> Given<T> {
        self.each(|inbox| {
            inbox.ended = true;
            None
        })
    }

    /// `change` gives what found no place.
    fn each(&mut self, mut change: impl FnMut(&mut Inbox<T>) -> Option<T>) -> Given<T> {
        let readers: Vec<_> = self.readers.iter().filter_map(Weak::upgrade).map(Messages).collect();
        self.readers.retain(|reader| reader.strong_count() > 0);
        let (mut wakers, mut dropped) = (Vec::new(), Vec::new());
        for Messages(inbox) in &readers {
            let mut inbox = lock(inbox);
            dropped.extend(change(&mut inbox));
            wakers.extend(inbox.waker.take());
        }
        Given { wakers, dropped, _readers: readers }
    }
}

fn lock<T>(inbox: &Mutex<Inbox<T>>) -> MutexGuard<'_, Inbox<T>> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_reader_misses_the_oldest_and_can_tell() {
        let mut readers = Readers::new(2);
        let (mut slow, mut fast) = (readers.reader(false), readers.reader(false));
        for message in 0..5 {
            assert!(readers.give(&message).wakers.is_empty());
            assert_eq!(fast.try_recv(), Some(message));
        }
        assert_eq!((slow.missed(), slow.try_recv(), slow.try_recv(), slow.try_recv()), (3, Some(3), Some(4), None));
        assert_eq!((slow.missed(), fast.missed()), (0, 0));
        drop(slow);
        assert!(readers.give(&5).wakers.is_empty());
        assert_eq!(readers.readers.len(), 1);
    }

    #[test]
    fn a_reader_that_is_let_go_of_meanwhile_keeps_what_it_has_until_there_is_no_lock() {
        let mut readers = Readers::new(2);
        let reader = readers.reader(false);
        let message = Arc::new(());
        let given = readers.give(&message);
        drop(reader);
        assert_eq!(Arc::strong_count(&message), 2, "its drop is code of the app's");
        given.wake();
        assert_eq!(Arc::strong_count(&message), 1);
    }
}
