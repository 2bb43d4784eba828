use std::{collections::BTreeMap, fmt, future::poll_fn, sync::Arc};

use http::Response;
use irori_pattern::{Pattern, PatternError, Segment, Slot};
use percent_encoding::percent_decode_str;

use super::{script, shared::Shared};
use crate::{
    channel::Params,
    connection::Rooms,
    elsewhere::Elsewhere,
    error::Refusal,
    guard::DynGuard,
    handler::Unit,
    limits::Limits,
    rt::{Runtime, within},
    upgrade::{Origins, Upgrade},
};

/// An app that was built: what adapters hold. Cheap to clone; all clones are one app.
#[derive(Clone)]
pub struct BuiltApp {
    served: Arc<Served>,
    shared: Arc<Shared>,
}

/// What is served.
pub(super) struct Served {
    pub(super) endpoint: String,
    /// The path of the browser client.
    pub(super) script: Option<String>,
    pub(super) contract: Option<String>,
    pub(super) origins: Origins,
    pub(super) names: BTreeMap<String, Entry>,
    pub(super) routes: Vec<Route>,
}

/// Something served.
pub(crate) struct Entry {
    pub(crate) name: Arc<str>,
    /// The app's guards, then the scopes'.
    pub(crate) guards: Vec<Arc<dyn DynGuard>>,
    pub(crate) unit: Box<dyn Unit>,
}

/// A raw route.
pub(super) struct Route {
    path: String,
    parts: Vec<Part>,
    entry: Entry,
}

enum Part {
    Literal(Box<str>),
    Param(Box<str>, Slot),
}

/// Where a request leads.
pub(crate) enum Target<'a> {
    /// To a raw route, with the params of its path.
    Route(&'a Entry, Params),
    /// To a socket or a room.
    Named(&'a Entry),
    /// To the endpoint, but to nothing that is served there.
    Unknown,
    /// To the endpoint, from a client that keeps another contract.
    Outdated,
}

impl BuiltApp {
    pub(super) fn new(served: Served, shared: Shared) -> Self {
        Self { served: Arc::new(served), shared: Arc::new(shared) }
    }

    pub(super) fn bare(endpoint: &str, shared: Shared) -> Self {
        let served = Served {
            endpoint: endpoint.to_owned(),
            script: None,
            contract: None,
            origins: Origins::default(),
            names: BTreeMap::new(),
            routes: Vec::new(),
        };
        Self::new(served, shared)
    }

    /// The same app with nobody in it, whose rooms are reached like this: for adapters of hosts where rooms live in places
    /// of their own. To be called before anything is served.
    pub fn with_elsewhere(&self, elsewhere: impl Elsewhere) -> Self {
        let shared = self.shared.with_elsewhere(Arc::new(elsewhere));
        Self { served: Arc::clone(&self.served), shared: Arc::new(shared) }
    }

    /// The same app in a place of its own, with nobody in it.
    pub(crate) fn apart(&self) -> Self {
        Self { served: Arc::clone(&self.served), shared: Arc::new(self.shared.apart()) }
    }

    /// What is served under this name.
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.served.names.get(name)
    }

    /// The rooms, from outside any connection.
    pub fn rooms(&self) -> Rooms {
        self.shared.rooms()
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// How many are connected.
    pub fn connections(&self) -> usize {
        self.shared.hub.connections()
    }

    /// The paths that are served, as patterns: the endpoint first, then the browser client and the raw routes. For
    /// adapters, to mount them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let Served { endpoint, script, routes, .. } = &*self.served;
        std::iter::once(&**endpoint).chain(script.as_deref()).chain(routes.iter().map(Route::path))
    }

    /// Says goodbye to everybody: new upgrades get 503, every connection gets 1001 at a moment spread over
    /// `limits.close.drain`, and what is left after that and `limits.close.deadline` is cut. Ends when nobody is
    /// connected.
    pub async fn drain<R: Runtime>(&self, runtime: &R) {
        let hub = &self.shared.hub;
        let limits = &self.limits().close;
        hub.drain();
        let empty = poll_fn(|cx| hub.poll_empty(cx));
        if within(runtime, limits.drain.saturating_add(limits.deadline), empty).await.is_none() {
            tracing::warn!(connections = hub.connections(), "drain: cutting what is left");
            hub.cut();
            poll_fn(|cx| hub.poll_empty(cx)).await;
        }
    }

    /// Whether a path is the app's: for adapters of hosts that have no router.
    pub fn serves(&self, path: &str) -> bool {
        let Served { endpoint, script, routes, .. } = &*self.served;
        path == endpoint || script.as_deref() == Some(path) || routes.iter().any(|route| route.params(path).is_some())
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.served.origins
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The browser client, when that is what a request asks for.
    pub(crate) fn script(&self, request: &Upgrade) -> Option<Response<String>> {
        let path = self.served.script.as_deref()?;
        (request.path() == path).then(|| script::answer(request))
    }

    /// Where a request leads.
    pub(crate) fn target(&self, upgrade: &Upgrade) -> Result<Target<'_>, Refusal> {
        if upgrade.path() == self.served.endpoint {
            // Asked before the name: what an outdated page looks for may be there no longer.
            if !self.keeps_contract(upgrade) {
                return Ok(Target::Outdated);
            }
            let (module, name) = (upgrade.query("m").unwrap_or_default(), upgrade.query("s").unwrap_or_default());
            let entry = self.served.names.get(&format!("{module}::{name}"));
            return Ok(entry.map_or(Target::Unknown, Target::Named));
        }
        let found = self.served.routes.iter().find_map(|route| Some((route, route.params(upgrade.path())?)));
        found.map(|(route, params)| Target::Route(&route.entry, params)).ok_or(Refusal::NoSuchRoute)
    }

    /// Whether a client was made for this contract, or does not say.
    fn keeps_contract(&self, upgrade: &Upgrade) -> bool {
        let ours = self.served.contract.as_ref();
        ours.zip(upgrade.query("c")).is_none_or(|(ours, theirs)| *ours == theirs)
    }
}

impl fmt::Debug for BuiltApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuiltApp")
            .field("names", &self.served.names.keys().collect::<Vec<_>>())
            .field("paths", &self.paths().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Route {
    pub(super) fn new(path: &str, entry: Entry) -> Result<Self, PatternError> {
        let pattern = Pattern::parse_path(path)?;
        let part = |segment: &Segment<'_>| match *segment {
            Segment::Literal(literal) => Part::Literal(literal.into()),
            Segment::Param { name, slot } => Part::Param(name.into(), slot),
        };
        Ok(Self { path: path.to_owned(), parts: pattern.segments().iter().map(part).collect(), entry })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The params of a path, when it is one of this route.
    fn params(&self, path: &str) -> Option<Params> {
        let given: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let given = if given == [""] { &[] } else { &given[..] };
        let mut params = Params::new();
        walk(&self.parts, given, &mut params).then_some(params)
    }
}

/// Lays the parts of a route over the segments of a path.
fn walk(parts: &[Part], given: &[&str], params: &mut Params) -> bool {
    let Some((part, parts)) = parts.split_first() else {
        return given.is_empty();
    };
    match part {
        Part::Literal(literal) => {
            given.split_first().is_some_and(|(first, rest)| first == &&**literal && walk(parts, rest, params))
        }
        Part::Param(name, Slot::Rest | Slot::RestNonEmpty) => {
            let rest = given.join("/");
            let fits = !rest.is_empty() || matches!(part, Part::Param(_, Slot::Rest));
            if fits && !rest.is_empty() {
                params.set(name, decode(&rest));
            }
            fits && parts.is_empty()
        }
        Part::Param(name, slot) => {
            let filled = given.split_first().filter(|(first, _)| !first.is_empty()).is_some_and(|(first, rest)| {
                params.set(name, decode(first));
                walk(parts, rest, params)
            });
            filled
                || (*slot == Slot::Optional && {
                    params.remove(name);
                    walk(parts, given, params)
                })
        }
    }
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
