use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::{
    Stream,
    stream::{self, StreamExt as _},
    task::AtomicWaker,
};
use irori::rt::BoxError;
use irori_client::platform::Network;

/// The line of a machine.
#[derive(Debug, Default)]
pub(crate) struct Line(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: State,
    dials: usize,
    connections: Vec<Weak<Cut>>,
    /// Attempts that hang.
    hanging: Vec<Weak<AtomicWaker>>,
    listeners: Vec<Weak<Listener>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum State {
    #[default]
    Up,
    Down,
    Silent,
}

impl Line {
    pub(crate) fn set(&self, state: State) {
        let hanging = {
            let mut inner = self.lock();
            inner.state = state;
            std::mem::take(&mut inner.hanging)
        };
        hanging.iter().filter_map(Weak::upgrade).for_each(|waker| waker.wake());
    }

    pub(crate) fn dials(&self) -> usize {
        self.lock().dials
    }

    /// An attempt: what `ask` answers, asked when the line is there and not cut meanwhile; with what a connection of it is
    /// cut by.
    pub(crate) async fn dial<T>(
        &self,
        ask: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<(T, Arc<Cut>), BoxError> {
        self.ready().await?;
        let (cut, mut ask) = (self.connection(), pin!(ask));
        let answer = poll_fn(|cx| match cut.poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err("the line was cut".into())),
            Poll::Pending => ask.as_mut().poll(cx),
        });
        Ok((answer.await?, cut))
    }

    async fn ready(&self) -> Result<(), BoxError> {
        self.lock().dials += 1;
        let waker = Arc::new(AtomicWaker::new());
        poll_fn(|cx| {
            let mut inner = self.lock();
            match inner.state {
                State::Up => Poll::Ready(Ok(())),
                State::Down => Poll::Ready(Err("the line is down".into())),
                State::Silent => {
                    waker.register(cx.waker());
                    inner.hanging.push(Arc::downgrade(&waker));
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// A connection over this line, or an attempt at one.
    fn connection(&self) -> Arc<Cut> {
        let cut = Arc::<Cut>::default();
        let mut inner = self.lock();
        inner.connections.retain(|connection| connection.strong_count() > 0);
        inner.connections.push(Arc::downgrade(&cut));
        cut
    }

    pub(crate) fn cut(&self) {
        let connections = std::mem::take(&mut self.lock().connections);
        for connection in connections.iter().filter_map(Weak::upgrade) {
            connection.done.store(true, Ordering::Relaxed);
            connection.waker.wake();
        }
    }

    pub(crate) fn tell(&self, network: Network) {
        let listeners: Vec<_> = self.lock().listeners.iter().filter_map(Weak::upgrade).collect();
        for listener in listeners {
            listener.heard.lock().unwrap_or_else(PoisonError::into_inner).push(network);
            listener.waker.wake();
        }
    }

    /// What is told from now on.
    pub(crate) fn network(&self) -> impl Stream<Item = Network> + Send + use<> {
        let listener = Arc::<Listener>::default();
        let mut inner = self.lock();
        inner.listeners.retain(|listener| listener.strong_count() > 0);
        inner.listeners.push(Arc::downgrade(&listener));
        drop(inner);
        stream::poll_fn(move |cx| {
            listener.waker.register(cx.waker());
            let mut heard = listener.heard.lock().unwrap_or_else(PoisonError::into_inner);
            if heard.is_empty() { Poll::Pending } else { Poll::Ready(Some(heard.remove(0))) }
        })
        .fuse()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a connection was cut.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    done: AtomicBool,
    waker: AtomicWaker,
}

impl Cut {
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.waker.register(cx.waker());
        if self.done.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[derive(Debug, Default)]
struct Listener {
    heard: Mutex<Vec<Network>>,
    waker: AtomicWaker,
}
