use std::{fmt, sync::Arc};

use irori_pattern::{Pattern, PatternError};

use super::build::Problem;
use crate::{
    address::{RoomRef, SocketRef},
    channel::{Channel, Segment},
    error::Rejection,
    guard::{DynGuard, Guard, GuardWith, erase, erase_with},
    handler::{IntoAccept, RawUnit, RoomHandler, RoomUnit, SocketHandler, SocketUnit, Unit},
    rt::{MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

/// A part of an app, with guards of its own.
#[must_use = "a scope is given back to the app"]
pub struct Scope {
    /// The route from the root, without a slash at its end.
    pattern: String,
    pub(super) guards: Vec<Arc<dyn DynGuard>>,
    pub(super) drafts: Vec<Draft>,
    pub(super) problems: Vec<Problem>,
}

/// Something served, as long as the app is not built.
pub(super) struct Draft {
    pub(super) place: DraftPlace,
    /// The guards of the scopes around it, the innermost scope's last.
    pub(super) guards: Vec<Arc<dyn DynGuard>>,
    pub(super) unit: Box<dyn Unit>,
}

pub(super) enum DraftPlace {
    /// `module::name` at the endpoint.
    Name(String),
    /// A path of its own.
    Path(String),
}

impl Scope {
    pub(super) fn root() -> Self {
        Self { pattern: String::new(), guards: Vec::new(), drafts: Vec::new(), problems: Vec::new() }
    }

    /// Adds a guard to everything in this scope, wherever it was added.
    pub fn guard<G: for<'a> Guard<'a>>(mut self, guard: G) -> Self {
        self.guards.push(erase(guard));
        self
    }

    /// Adds a guard that is given a state to everything in this scope, wherever it was added.
    pub fn guard_with<S, G>(mut self, state: S, guard: G) -> Self
    where
        S: MaybeSend + MaybeSync + 'static,
        G: AsyncFn(&S, &Upgrade) -> Result<(), Rejection> + for<'a> GuardWith<'a, S>,
    {
        self.guards.push(erase_with(state, guard));
        self
    }

    /// Serves a socket.
    pub fn socket<H: SocketHandler>(mut self, at: SocketRef<H::Incoming, H::Outgoing, H::Key>, handler: H) -> Self {
        self.check_params::<H::Key>(&at.to_string());
        self.add(DraftPlace::Name(at.to_string()), SocketUnit::new(handler))
    }

    /// Serves a room.
    pub fn room<H: RoomHandler>(mut self, at: RoomRef<H::Key, H::Incoming, H::Outgoing, H::State>, handler: H) -> Self {
        self.check_params::<H::Key>(&at.to_string());
        self.add(DraftPlace::Name(at.to_string()), RoomUnit::new(handler))
    }

    /// Serves raw events at a path below this scope's; `decide` looks at each request.
    pub fn websocket<A: IntoAccept>(
        self,
        path: &str,
        decide: impl Fn(&Upgrade) -> A + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        let path = match path {
            "/" if !self.pattern.is_empty() => self.pattern.clone(),
            path => format!("{}{path}", self.pattern),
        };
        self.add(DraftPlace::Path(path), RawUnit::new(decide))
    }

    /// A part of this scope, with guards of its own that run after this one's.
    pub fn scope(mut self, pattern: &str, fill: impl FnOnce(Self) -> Self) -> Self {
        self.note(pattern, Pattern::parse_path(pattern).err());
        let inner = Self { pattern: format!("{}{}", self.pattern, pattern.trim_end_matches('/')), ..Self::root() };
        let Self { guards, drafts, problems, .. } = fill(inner);
        self.problems.extend(problems);
        self.drafts.extend(
            drafts
                .into_iter()
                .map(|draft| Draft { guards: guards.iter().cloned().chain(draft.guards).collect(), ..draft }),
        );
        self
    }

    fn add(mut self, place: DraftPlace, unit: impl Unit + 'static) -> Self {
        self.drafts.push(Draft { place, guards: Vec::new(), unit: Box::new(unit) });
        self
    }

    /// The guards of a scope read its params, so everything in it must have them.
    fn check_params<K: Channel>(&mut self, name: &str) {
        let pattern = if self.pattern.is_empty() { "/" } else { &self.pattern };
        let Ok(route) = Pattern::parse_path(pattern) else {
            return; // noted when the scope was made
        };
        let declared = |param: &str| {
            K::SEGMENTS.iter().any(|segment| matches!(segment, Segment::Param { name, .. } if *name == param))
        };
        let missing = route.slots().map(|(param, _)| param).find(|param| !declared(param));
        if let Some(param) = missing {
            self.problems.push(Problem::ParamNotInKey {
                scope: self.pattern.clone(),
                unit: name.to_owned(),
                param: param.to_owned(),
            });
        }
    }

    fn note(&mut self, pattern: &str, error: Option<PatternError>) {
        let problem = |error| Problem::BadPattern { pattern: pattern.to_owned(), error };
        self.problems.extend(error.map(problem));
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}
