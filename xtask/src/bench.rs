use crate::build;
use crate::command::{command, run};
use crate::failure::Failure;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// Memory per idle connection.
    Idle,
    /// What a member that never reads costs the others.
    Stall,
}

impl Bench {
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "idle" => Ok(Self::Idle),
            "stall" => Ok(Self::Stall),
            _ => Err(Failure::new(format!("no bench is called `{name}`; there are: idle, stall"))),
        }
    }

    /// Builds the suite and the bench for release, and lets the one measure the other.
    ///
    /// # Errors
    ///
    /// When something cannot be built, cannot be measured, or is over its budget.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let programs = build::release(&["suite", "bench"])?;
        let what = match self {
            Self::Idle => "idle",
            Self::Stall => "stall",
        };
        let bench = programs.path("bench")?.to_string_lossy().into_owned();
        let suite = programs.path("suite")?.to_string_lossy().into_owned();
        run(command(&bench, &[what, "--server", &suite]))
    }
}
