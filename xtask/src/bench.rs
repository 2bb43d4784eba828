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
    /// How clients come back to a server that was lost.
    Reconnect,
}

impl Bench {
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "idle" => Ok(Self::Idle),
            "stall" => Ok(Self::Stall),
            "reconnect" => Ok(Self::Reconnect),
            _ => Err(Failure::new(format!("no bench is called `{name}`; there are: idle, stall, reconnect"))),
        }
    }

    /// Builds for release what is measured and what measures it, and lets the one measure the other.
    ///
    /// # Errors
    ///
    /// When something cannot be built, cannot be measured, or is over its budget.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (what, server) = match self {
            Self::Idle => ("idle", "suite"),
            Self::Stall => ("stall", "suite"),
            Self::Reconnect => ("reconnect", "bench"),
        };
        let programs = build::release(&["bench", server])?;
        let bench = programs.path("bench")?.to_string_lossy().into_owned();
        let server = programs.path(server)?.to_string_lossy().into_owned();
        run(command(&bench, &[what, "--server", &server]))
    }
}
