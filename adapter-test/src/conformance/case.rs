use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, mpsc::channel},
    thread,
    time::Duration,
};

use irori::rt::BoxFuture;

use super::{
    client::Kit,
    harness::{Capability, Harness},
    suite::keep_warnings,
    tasks::Tasks,
};

/// How long a case may take, by the clock of the wall: many times what it takes on a host that is busy.
const LIMIT: Duration = Duration::from_secs(60);

/// One case: what it is called, what it needs, and what it does. Shown, it is its name: `theme::case`.
pub struct Case {
    /// The theme: the first half of its name.
    pub theme: &'static str,
    /// What it holds: the second half.
    pub name: &'static str,
    /// What a host must be capable of for it.
    pub needs: &'static [Capability],
    pub(super) run: fn(Kit) -> BoxFuture<'static, ()>,
}

impl Case {
    /// What the host lacks of the needs.
    pub fn lacking(&self, harness: &dyn Harness) -> impl Iterator<Item = Capability> {
        self.needs.iter().copied().filter(|need| !harness.capabilities().contains(need))
    }

    /// Runs it, on a host that lacks nothing of its needs, in a thread of its own.
    ///
    /// # Panics
    ///
    /// When it does not hold, and when it has not ended after a minute. The thread goes on then.
    pub fn run(&self, harness: &Arc<dyn Harness>) {
        keep_warnings();
        let (run, tasks, harness) = (self.run, Tasks::default(), Arc::clone(harness));
        let kit = Kit::new(Arc::clone(&harness), tasks.clone());
        let case = move || harness.block_on(Box::pin(tasks.beside(run(kit))));
        match within(LIMIT, self.to_string(), case) {
            Some(Ok(())) => {}
            Some(Err(panic)) => resume_unwind(panic),
            None => panic!("{self} has not ended after {LIMIT:?}: the host, or an answer of it, is waited for in vain"),
        }
    }
}

/// Runs something in a thread of this name; `None` when it has not ended by then.
fn within(limit: Duration, name: String, work: impl FnOnce() + Send + 'static) -> Option<thread::Result<()>> {
    let (told, ended) = channel();
    let run = move || drop(told.send(catch_unwind(AssertUnwindSafe(work))));
    match thread::Builder::new().name(name).spawn(run) {
        Ok(_) => ended.recv_timeout(limit).ok(),
        Err(error) => panic!("no thread can be started: {error}"),
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.theme, self.name)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.to_string()).field("needs", &self.needs).finish_non_exhaustive()
    }
}

/// The cases of a theme: each an `async fn(kit: Kit)`, which may need capabilities.
///
/// ```text
/// cases! { "order":
///     client_to_server_fifo,
///     inbox_limit_pushes_back [Stream],
///     a_thousand_without_loss = "1000_burst_no_loss",
/// }
/// ```
///
/// A case whose published name is no name in Rust is given it behind `=`.
macro_rules! cases {
    ($theme:literal: $($name:ident $(= $published:literal)? $([$($need:ident),+])?),+ $(,)?) => {
        pub(in crate::conformance) const CASES: &[$crate::conformance::Case] = &[$(
            $crate::conformance::Case {
                theme: $theme,
                name: [$($published,)? stringify!($name)][0],
                needs: &[$($($crate::conformance::Capability::$need),+)?],
                run: |kit| Box::pin($name(kit)),
            },
        )+];
    };
}

pub(super) use cases;

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn what_does_not_end_is_given_up() {
        let long = Duration::from_secs(3_600);
        let run = |limit, work: fn()| within(limit, "a case".to_owned(), work);
        assert!(run(long, || ()).is_some_and(|ended| ended.is_ok()));
        let panicked = run(long, || resume_unwind(Box::new("why"))).unwrap().unwrap_err();
        assert_eq!(panicked.downcast_ref(), Some(&"why"));
        let alone = || {
            Barrier::new(2).wait();
        };
        assert!(run(Duration::from_millis(1), alone).is_none());
    }
}
