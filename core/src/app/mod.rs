//! The app: what is served and under which guards. Built once; it alone sees all pieces.

mod build;
mod built;
mod into;
mod scope;
mod script;
mod shared;

use std::fmt;

pub use irori_pattern::PatternError;

pub use self::{
    build::{BuildError, Problem},
    built::BuiltApp,
    into::IntoBuiltApp,
    scope::Scope,
};
pub(crate) use self::{
    built::{Entry, Target},
    shared::Shared,
};
pub use crate::guard::{Guard, GuardWith};
use crate::{
    address::{RoomRef, SocketRef},
    error::{ErrorHook, Failure, Rejection},
    handler::{IntoAccept, RoomHandler, SocketHandler},
    limits::Limits,
    rt::{MaybeSend, MaybeSync},
    upgrade::{Origins, Upgrade},
};

/// Where sockets and rooms are served, unless it is said otherwise (PROTOCOL.md, section 1).
const ENDPOINT: &str = "/__sockets";

/// What is served: sockets, rooms and raw routes, under guards and within limits. It never names a host.
///
/// ```
/// use irori::{App, Rejection, SocketRef, Upgrade, define_socket};
///
/// const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
///
/// async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
///     upgrade.cookie("name").map(|_| ()).ok_or(Rejection::Deny)
/// }
///
/// pub fn app() -> App {
///     let echo = define_socket(ECHO, ()).on_message(async |(), socket, message| {
///         socket.send(&message)?;
///         Ok(())
///     });
///     App::new().guard(signed_in).socket(ECHO, echo)
/// }
/// # app().build().unwrap();
/// ```
#[must_use = "an app serves nothing until an adapter mounts it"]
pub struct App {
    endpoint: String,
    has_script: bool,
    contract: Option<String>,
    origins: Origins,
    limits: Limits,
    on_error: Vec<Box<dyn ErrorHook>>,
    root: Scope,
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

impl App {
    /// An app that serves nothing yet.
    pub fn new() -> Self {
        Self {
            endpoint: ENDPOINT.to_owned(),
            has_script: true,
            contract: None,
            origins: Origins::default(),
            limits: Limits::default(),
            on_error: Vec::new(),
            root: Scope::root(),
        }
    }

    /// An app without routes, for what needs none.
    pub(crate) fn bare() -> BuiltApp {
        BuiltApp::bare(ENDPOINT, Shared::new(Limits::default(), Vec::new()))
    }

    /// Serves sockets and rooms at another path than `/__sockets`.
    pub fn endpoint(mut self, path: impl Into<String>) -> Self {
        self.endpoint = path.into();
        self
    }

    /// Serves no browser client: a request for `client.js` below the endpoint is no longer the app's.
    ///
    /// It is there by default, for pages to import: `/__sockets/client.js`, the same text for everybody. No guard is asked
    /// about it, no limit counts it, and it is there while the host drains (PROTOCOL.md, section 1).
    pub fn without_client_script(mut self) -> Self {
        self.has_script = false;
        self
    }

    /// Says which contract the app keeps: the hash that `irori-contract` writes beside the types for its pages.
    ///
    /// A client that names another was made for another version of the app: it is closed with
    /// [4409](crate::wire::CloseCode::CONTRACT) before any guard is asked (PROTOCOL.md, section 2). One that names none is
    /// let in. Raw routes have no contract.
    ///
    /// ```
    /// use irori::{App, SocketRef, define_socket, wire::CloseCode};
    /// use irori_test::TestServer;
    ///
    /// const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
    ///
    /// let app = App::new().contract("5d1f0c").socket(ECHO, define_socket(ECHO, ()));
    /// let server = TestServer::new(app);
    /// let mut page = server.connect("/__sockets?m=src%2Fecho&s=echo&c=ab12ef");
    /// assert_eq!(page.expect_close(CloseCode::CONTRACT), "contract");
    /// ```
    pub fn contract(mut self, hash: impl Into<String>) -> Self {
        self.contract = Some(hash.into());
        self
    }

    /// Says which pages may connect. Default: those of the same origin.
    pub fn origins(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self
    }

    /// Changes limits.
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Says what happens to every failure that a handler does not take care of itself. Without a hook it is logged; of
    /// several, each is told.
    pub fn on_error(mut self, hook: impl Fn(&Failure) + MaybeSend + MaybeSync + 'static) -> Self {
        self.on_error.push(Box::new(hook));
        self
    }

    /// Adds a guard to everything the app serves, wherever it was added.
    pub fn guard<G: for<'a> Guard<'a>>(mut self, guard: G) -> Self {
        self.root = self.root.guard(guard);
        self
    }

    /// Adds a guard that is given a state to everything the app serves, wherever it was added.
    ///
    /// ```
    /// use std::{fmt, collections::HashSet, sync::Arc};
    ///
    /// use irori::{App, Rejection};
    ///
    /// let sessions: Arc<HashSet<String>> = Arc::default();
    /// let app = App::new().guard_with(sessions, async |sessions, upgrade| {
    ///     let known = upgrade.cookie("session").is_some_and(|session| sessions.contains(session));
    ///     if known { Ok(()) } else { Err(Rejection::Deny) }
    /// });
    /// # app.build().unwrap();
    /// ```
    pub fn guard_with<S, G>(mut self, state: S, guard: G) -> Self
    where
        S: MaybeSend + MaybeSync + 'static,
        G: AsyncFn(&S, &Upgrade) -> Result<(), Rejection> + for<'a> GuardWith<'a, S>,
    {
        self.root = self.root.guard_with(state, guard);
        self
    }

    /// Serves a socket.
    pub fn socket<H: SocketHandler>(mut self, at: SocketRef<H::Incoming, H::Outgoing, H::Key>, handler: H) -> Self {
        self.root = self.root.socket(at, handler);
        self
    }

    /// Serves a room.
    pub fn room<H: RoomHandler>(mut self, at: RoomRef<H::Key, H::Incoming, H::Outgoing, H::State>, handler: H) -> Self {
        self.root = self.root.room(at, handler);
        self
    }

    /// Serves raw events at a path; `decide` looks at each request.
    pub fn websocket<A: IntoAccept>(
        mut self,
        path: &str,
        decide: impl Fn(&Upgrade) -> A + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.root = self.root.websocket(path, decide);
        self
    }

    /// A part of the app with guards of its own: they cover all that `fill` puts into it.
    ///
    /// ```
    /// # use irori::{App, Channel, Rejection, RoomRef, Upgrade, define_room};
    /// # #[derive(Channel)] #[channel("board/:board_id")] pub struct Board { pub board_id: String }
    /// # const TALK: RoomRef<Board, String, String, ()> = RoomRef::new("src/talk", "talk");
    /// async fn may_see(upgrade: &Upgrade) -> Result<(), Rejection> {
    ///     if upgrade.param("board_id") == Some("secret") { Err(Rejection::Deny) } else { Ok(()) }
    /// }
    ///
    /// let app = App::new().scope("/board/:board_id", |board| board.guard(may_see).room(TALK, define_room(TALK, ())));
    /// # app.build().unwrap();
    /// ```
    ///
    /// `pattern` is the route of the pages that the part belongs to. Raw routes inside are served below it; sockets and
    /// rooms inside must have its params in their keys, so that its guards find them.
    pub fn scope(mut self, pattern: &str, fill: impl FnOnce(Scope) -> Scope) -> Self {
        self.root = self.root.scope(pattern, fill);
        self
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("endpoint", &self.endpoint).field("root", &self.root).finish_non_exhaustive()
    }
}
