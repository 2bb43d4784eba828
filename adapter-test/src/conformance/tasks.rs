use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{StreamExt, stream::FuturesUnordered, task::AtomicWaker};
use irori::rt::BoxFuture;

type Task = BoxFuture<'static, ()>;

/// Rounds that tasks have before the case has its turn, though one could still move: an executor may hold back who takes
/// many turns in a row, until all of them have ended.
const ROUNDS: usize = 64;

/// What a case starts beside itself. It runs where the case runs, whatever the host's executor is, and ends with it.
#[derive(Clone, Default)]
pub(super) struct Tasks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    started: Mutex<Vec<Task>>,
    /// Whether a task was woken since the last round.
    woken: AtomicBool,
    case: AtomicWaker,
}

impl Tasks {
    pub(super) fn spawn(&self, task: Task) {
        self.0.started.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        self.0.wake_by_ref();
    }

    /// Runs a case. What it started goes first, and as far as it can: so the case sees what became of each of its steps.
    pub(super) async fn beside(self, mut case: Task) {
        let mut running = FuturesUnordered::new();
        let waker = Waker::from(Arc::clone(&self.0));
        poll_fn(|cx| {
            self.0.case.register(cx.waker());
            self.run(&mut running, &mut Context::from_waker(&waker));
            case.as_mut().poll(cx)
        })
        .await;
    }

    fn run(&self, running: &mut FuturesUnordered<Task>, cx: &mut Context<'_>) {
        for _ in 0..ROUNDS {
            self.0.woken.store(false, Ordering::Relaxed);
            running.extend(std::mem::take(&mut *self.0.started.lock().unwrap_or_else(PoisonError::into_inner)));
            let ended = matches!(running.poll_next_unpin(cx), Poll::Ready(Some(())));
            if !ended && !self.0.woken.load(Ordering::Relaxed) {
                return;
            }
        }
        self.0.wake_by_ref();
    }
}

impl Wake for Inner {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.case.wake();
    }
}
