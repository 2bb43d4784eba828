use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use irori::rt::Now;

use crate::world::World;

/// Lines that are kept, and shown when a test fails.
const KEPT: usize = 40;

/// What happened, in order: who, when, what.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    world: World,
    start: Now,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    tail: VecDeque<String>,
    count: usize,
    clients: usize,
}

impl Trace {
    pub(crate) fn new(world: World) -> Self {
        Self { start: world.now(), world, lines: Arc::default() }
    }

    pub(crate) fn note(&self, who: &str, what: fmt::Arguments<'_>) {
        let time = self.world.now().since(self.start);
        let mut lines = self.lock();
        lines.count += 1;
        let line = format!("{:>5}  {:>9.3}s  {who:<10} {what}", lines.count, time.as_secs_f64());
        if lines.tail.len() == KEPT {
            lines.tail.pop_front();
        }
        lines.tail.push_back(line);
    }

    /// A name for a client that was given none.
    pub(crate) fn next_client(&self) -> String {
        let mut lines = self.lock();
        lines.clients += 1;
        format!("client {}", lines.clients)
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\nthe last that happened:\n")?;
        self.lock().tail.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
