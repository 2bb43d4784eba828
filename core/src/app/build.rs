use std::{collections::BTreeMap, fmt};

use irori_pattern::{Pattern, PatternError};

use super::{
    App, BuiltApp,
    built::{Entry, Route, Served},
    scope::{Draft, DraftPlace, Scope},
    script,
    shared::Shared,
};
use crate::limits::ZeroLimit;

/// All that is wrong with an app.
#[derive(Debug)]
pub struct BuildError {
    problems: Vec<Problem>,
}

/// One thing that is wrong with an app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Two units have the same `module::name`.
    DuplicateName(String),
    /// Two raw routes, or a raw route and the endpoint or the browser client below it, have the same path.
    DuplicatePath(String),
    /// A path or a scope's pattern cannot be read.
    BadPattern {
        /// What was written.
        pattern: String,
        /// What is wrong with it.
        error: PatternError,
    },
    /// A scope has a param that a unit in it does not have in its key.
    ParamNotInKey {
        /// The scope's pattern.
        scope: String,
        /// The unit.
        unit: String,
        /// The param.
        param: String,
    },
    /// A limit that would let nothing through.
    ZeroLimit(ZeroLimit),
}

impl BuildError {
    /// What is wrong, each thing once.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the app cannot be built:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateName(name) => write!(f, "`{name}` is registered twice; give one of them another name"),
            Self::DuplicatePath(path) => write!(f, "the path `{path}` is served twice"),
            Self::BadPattern { pattern, error } => write!(f, "in `{pattern}`: {error}"),
            Self::ParamNotInKey { scope, unit, param } => write!(
                f,
                "`{unit}` is in the scope `{scope}`, whose guards may read `:{param}`, but its key has no such param; \
                 add `:{param}` to its channel, or move it out of the scope"
            ),
            Self::ZeroLimit(limit) => limit.fmt(f),
        }
    }
}

impl std::error::Error for BuildError {}

impl App {
    /// What adapters hold, or all that is wrong with the app at once.
    ///
    /// # Errors
    ///
    /// [`BuildError`] lists duplicate names and paths, patterns that cannot be read, and limits that are zero.
    pub fn build(self) -> Result<BuiltApp, BuildError> {
        let Scope { guards, drafts, mut problems, .. } = self.root;
        problems.extend(self.limits.zeros().map(Problem::ZeroLimit));
        let mut names = BTreeMap::new();
        let mut routes: Vec<Route> = Vec::new();
        problems.extend(check_endpoint(&self.endpoint));
        let script = self.has_script.then(|| script::path(&self.endpoint));
        for Draft { place, guards: own, unit } in drafts {
            let guards = guards.iter().cloned().chain(own).collect();
            match place {
                DraftPlace::Name(name) => {
                    let entry = Entry { name: name.as_str().into(), guards, unit };
                    if names.insert(name.clone(), entry).is_some() {
                        problems.push(Problem::DuplicateName(name));
                    }
                }
                DraftPlace::Path(path) => {
                    let is_own = path == self.endpoint || script.as_ref() == Some(&path);
                    let taken = is_own || routes.iter().any(|route| route.path() == path);
                    match Route::new(&path, Entry { name: path.as_str().into(), guards, unit }) {
                        _ if taken => problems.push(Problem::DuplicatePath(path)),
                        Ok(route) => routes.push(route),
                        Err(error) => problems.push(Problem::BadPattern { pattern: path, error }),
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Err(BuildError { problems });
        }
        let served =
            Served { endpoint: self.endpoint, script, contract: self.contract, origins: self.origins, names, routes };
        Ok(BuiltApp::new(served, Shared::new(self.limits, self.on_error)))
    }
}

fn check_endpoint(path: &str) -> Option<Problem> {
    let error = Pattern::parse_path(path).err()?;
    Some(Problem::BadPattern { pattern: path.to_owned(), error })
}
