//! Style that executes: what a reading of the text can hold of ARCHITECTURE.md.

mod item;
mod length;
mod mask;
mod rule;
mod source;
mod table;

use std::fmt;

use crate::failure::Failure;
use crate::workspace;
use source::Source;

/// One place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// Counted from 1; 0 is the file as a whole.
    line: usize,
    rule: &'static str,
    what: String,
    why: &'static str,
}

/// Holds every rule against every Rust file of the workspace and prints what breaks one.
pub(crate) fn check() -> Result<(), Failure> {
    let sources = Source::all(workspace::root())?;
    let findings = findings(&sources);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("   {} files are tidy", sources.len());
        return Ok(());
    }
    Err(Failure::new(format!("places above that break a rule: {}", findings.len())))
}

fn findings(sources: &[Source]) -> Vec<Finding> {
    let rules = table::RULES.iter().flat_map(|rule| rule.check(sources));
    let lengths = sources.iter().flat_map(|source| length::check(source, table::LONG));
    rules.chain(lengths).chain(length::stale(sources, table::LONG)).collect()
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, what, why } = self;
        write!(f, "{path}")?;
        if *line > 0 {
            write!(f, ":{line}")?;
        }
        write!(f, ": {what} ({rule}: {why})")
    }
}
