use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The steps of one chore: each is announced, timed and, should it fail, named.
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new() }
    }

    /// Does `work` as the step `name` and hands on what it made.
    ///
    /// # Errors
    ///
    /// Those of `work`, with the step's name in front.
    pub(crate) fn run<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        println!("== {name}");
        let started = now();
        let made = work().map_err(|failure| Failure::new(format!("{name} failed: {failure}")))?;
        let took = started.elapsed();
        println!("   {name} passed in {}", seconds(took));
        self.done.push((name, took));
        Ok(made)
    }

    /// Prints what each step took, and all together.
    pub(crate) fn report(&self) {
        println!("== all {} steps passed", self.done.len());
        for (name, took) in &self.done {
            println!("   {name:<10} {:>8}", seconds(*took));
        }
        println!("   {:<10} {:>8}", "total", seconds(self.done.iter().map(|(_, took)| *took).sum()));
    }
}

#[expect(clippy::disallowed_methods, reason = "a chore measures the time of its steps")]
fn now() -> Instant {
    Instant::now()
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{Failure, Steps};

    #[test]
    fn a_step_hands_on_what_it_made() {
        let mut steps = Steps::new();
        assert_eq!(steps.run("sum", || Ok(1 + 1)).unwrap(), 2);
        assert_eq!(steps.done.len(), 1);
    }

    #[test]
    fn a_failed_step_is_named() {
        let failure = Steps::new().run("sum", || Err::<(), _>(Failure::new("overflow"))).unwrap_err();
        assert_eq!(failure.to_string(), "sum failed: overflow");
    }
}
