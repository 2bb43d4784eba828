use std::path::PathBuf;

use super::{Package, build};
use crate::command::{command, run};
use crate::failure::Failure;
use crate::kit::Kits;

/// The Workers that tests run.
pub(crate) struct Workers {
    /// The conformance suite, where a panic resets all memory.
    suite: PathBuf,
    /// The same, where a panic unwinds.
    unwinding: PathBuf,
    pub(crate) board: PathBuf,
}

impl Workers {
    /// Builds them all.
    ///
    /// # Errors
    ///
    /// When one cannot be built.
    pub(crate) fn build() -> Result<Self, Failure> {
        let build = |name: &str, unwind| build::build(&Package { name: name.to_owned(), unwind });
        Ok(Self {
            suite: build("suite-worker", false)?,
            unwinding: build("suite-worker", true)?,
            board: build("board-worker", false)?,
        })
    }

    /// Runs the conformance kit against workerd, with both strategies of panics.
    ///
    /// # Errors
    ///
    /// When a case fails.
    pub(crate) fn test(&self) -> Result<(), Failure> {
        let kit = Kits::build()?.path("irori-cloudflare")?;
        for (worker, panic) in [(&self.suite, "abort"), (&self.unwinding, "unwind")] {
            let mut test = command(&kit, &[]);
            test.env("IRORI_WORKER", worker).env("IRORI_PANIC", panic);
            run(test)?;
        }
        Ok(())
    }
}
