//! A small world with a clock of its own: one thread, tasks that run in the order in which they were woken, and time
//! that moves only when nothing else can.

mod runtime;
mod task;
mod timers;

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use irori::rt::{BoxFuture, Now};

pub use self::runtime::{MemoryRuntime, MemoryTimer};
use self::{
    task::{Ready, TaskId, TaskWaker},
    timers::Timers,
};

/// Polls after which a world that never comes to rest is taken for one that never will.
const LIVELOCK: usize = 50_000_000;

thread_local! {
    static CURRENT: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// A world: tasks, timers, a clock and a source of randomness that is the same in every run.
#[derive(Clone, Debug)]
pub struct World(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    ready: Arc<Ready>,
}

struct State {
    tasks: HashMap<TaskId, BoxFuture<'static, ()>>,
    next_task: u64,
    timers: Timers,
    now: Now,
    random: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("tasks", &self.tasks.len()).field("now", &self.now).finish_non_exhaustive()
    }
}

impl World {
    /// A new world, at one second past its origin.
    pub fn new() -> Self {
        let state = State {
            tasks: HashMap::new(),
            next_task: 0,
            timers: Timers::default(),
            now: Now::from_nanos(1_000_000_000),
            random: 0,
        };
        Self(Arc::new(Inner { state: Mutex::new(state), ready: Arc::default() }))
    }

    /// The world whose [`block_on`](Self::block_on) this thread is in.
    ///
    /// # Panics
    ///
    /// Outside of any.
    pub fn current() -> Self {
        CURRENT.with_borrow(Clone::clone).unwrap_or_else(|| panic!("not inside World::block_on"))
    }

    /// Its clock, timers and randomness.
    pub fn runtime(&self) -> MemoryRuntime {
        MemoryRuntime::new(self.clone())
    }

    /// The time now.
    pub fn now(&self) -> Now {
        self.lock().now
    }

    /// Starts a task.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let id = {
            let mut state = self.lock();
            let id = TaskId(state.next_task);
            state.next_task += 1;
            state.tasks.insert(id, Box::pin(task));
            id
        };
        self.0.ready.push(id);
    }

    /// Runs tasks until none of them can move. Time stands still.
    pub fn settle(&self) {
        for _ in 0..LIVELOCK {
            let Some(id) = self.0.ready.pop() else { return };
            let Some(mut task) = self.lock().tasks.remove(&id) else { continue };
            let waker = Waker::from(Arc::new(TaskWaker::new(id, Arc::clone(&self.0.ready))));
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                self.lock().tasks.insert(id, task);
            }
        }
        panic!("the world does not come to rest: a task wakes itself without end");
    }

    /// Lets `duration` pass, running everything that happens meanwhile at its own time.
    pub fn advance(&self, duration: Duration) {
        let until = self.now() + duration;
        self.settle();
        while let Some(at) = self.next_timer().filter(|at| *at <= until) {
            self.pass_to(at);
        }
        self.lock().now = until;
        self.settle();
    }

    /// Runs `future` to its end. Time moves to the next timer whenever nothing else can.
    ///
    /// # Panics
    ///
    /// When neither a task nor a timer is left that could ever end it.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let _entered = Entered::new(self);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            self.settle();
            while !woken.take() {
                match self.next_timer() {
                    Some(at) => self.pass_to(at),
                    None => panic!("deadlock: nothing is left that could move"),
                }
            }
        }
    }

    pub(crate) fn random(&self) -> u128 {
        let mut state = self.lock();
        let mut half = || {
            state.random += 1;
            u128::from(mix(state.random))
        };
        half() << 64 | half()
    }

    fn next_timer(&self) -> Option<Now> {
        self.lock().timers.next()
    }

    fn pass_to(&self, at: Now) {
        let due = {
            let mut state = self.lock();
            state.now = state.now.max(at);
            let now = state.now;
            state.timers.take_due(now)
        };
        due.into_iter().for_each(Waker::wake);
        self.settle();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// The finalizer of SplitMix64: neighbouring numbers become unlike ones.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Makes a world the current one of this thread for a while.
struct Entered(Option<World>);

impl Entered {
    fn new(world: &World) -> Self {
        Self(CURRENT.replace(Some(world.clone())))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[derive(Default)]
struct Woken(std::sync::atomic::AtomicBool);

impl Woken {
    fn take(&self) -> bool {
        self.0.swap(false, std::sync::atomic::Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// The tasks that can move, oldest first.
type ReadyQueue = Mutex<VecDeque<TaskId>>;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use irori::rt::sleep;

    use super::*;

    #[test]
    fn time_moves_only_when_nothing_else_can() {
        let world = World::new();
        let runtime = world.runtime();
        let (start, rang) = (world.now(), Arc::new(AtomicU32::new(0)));
        let bell = Arc::clone(&rang);
        let sleeper = runtime.clone();
        world.spawn(async move {
            for _ in 0..3 {
                sleep(&sleeper, Duration::from_secs(10)).await;
                bell.fetch_add(1, Ordering::Relaxed);
            }
        });
        world.advance(Duration::from_secs(25));
        assert_eq!((rang.load(Ordering::Relaxed), world.now().since(start)), (2, Duration::from_secs(25)));
        world.block_on(sleep(&runtime, Duration::from_secs(60)));
        assert_eq!((rang.load(Ordering::Relaxed), world.now().since(start)), (3, Duration::from_secs(85)));
    }

    #[test]
    fn two_worlds_are_equal() {
        let ids = || {
            let world = World::new();
            (0..4).map(|_| world.random()).collect::<Vec<_>>()
        };
        assert_eq!(ids(), ids());
        assert_ne!(ids()[0], ids()[1]);
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn what_can_never_end_fails_at_once() {
        World::new().block_on(std::future::pending::<()>());
    }
}
