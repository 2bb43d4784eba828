//! The one door for adapter authors: what a host does, what it is given, and the loop that drives a connection.
#![cfg_attr(not(doctest), doc = include_str!("../docs/adapters.md"))] // tested in examples/custom-adapter

use std::future::Future;

use http::Response;
use tracing::Instrument;

pub use crate::{
    admission::Admission,
    drive::drive,
    elsewhere::Elsewhere,
    resume::{EventSocket, Record, RecordError, Residents},
    room::{InvalidRoomKey, RoomKey},
};
use crate::{
    app::{App, BuiltApp},
    error::Refusal,
    handler::IntoAccept,
    rt::Runtime,
    upgrade::Upgrade,
};

/// What a host must do for WebSockets; [`define_websocket_helper`] makes the rest of it.
///
/// ```text
///   request ──read──▶ Upgrade + Pending ──▶ the app decides ─┬─ respond ──▶ an HTTP answer
///                                                            └─ accept ───▶ 101, then drive(stream, admission)
/// ```
///
/// # Contract
///
/// - `read` translates and decides nothing; request extensions go along (`upgrade::request_extensions_are_seen`).
/// - `respond` answers with this response: a refusal (`upgrade::plain_get_is_refused_426`), or the browser client
///   (`script::served_with_type_and_tag`).
/// - `accept` answers 101 with the admission's protocol and headers (`upgrade::response_headers_added`,
///   `upgrade::key_is_answered`), and drives it,
///   or stores it, from then on (`lifecycle::frame_sent_before_open_done_is_kept`).
pub trait WebSocketHelper {
    /// A request of the host.
    type Request;
    /// What is needed to answer a request once it was read.
    type Pending;
    /// An answer of the host.
    type Response;
    /// The host's clock, timers and randomness.
    type Runtime: Runtime;

    /// The runtime.
    fn runtime(&self) -> &Self::Runtime;

    /// Shows a request as an [`Upgrade`].
    fn read(&self, request: Self::Request) -> (Upgrade, Self::Pending);

    /// Answers without a WebSocket.
    fn respond(&self, pending: Self::Pending, response: Response<String>) -> Self::Response;

    /// Answers 101, and sees to it that the connection is driven.
    fn accept(&self, pending: Self::Pending, admission: Admission) -> impl Future<Output = Self::Response>;
}

/// Makes the `upgrade_websocket` of a host.
///
/// It serves an app that has no routes yet: the direct form works at once, under the default limits;
/// [`serve`](UpgradeWebSocket::serve) gives it an app.
pub fn define_websocket_helper<H: WebSocketHelper>(host: H) -> UpgradeWebSocket<H> {
    UpgradeWebSocket { host, app: App::bare() }
}

/// Upgrades requests of one host to WebSockets, in the route and in the direct form.
#[derive(Clone, Debug)]
pub struct UpgradeWebSocket<H> {
    host: H,
    app: BuiltApp,
}

impl<H: WebSocketHelper> UpgradeWebSocket<H> {
    /// Serves this app.
    pub fn serve(self, app: BuiltApp) -> Self {
        Self { app, ..self }
    }

    /// The host.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The app that is served.
    pub fn app(&self) -> &BuiltApp {
        &self.app
    }

    /// The route form: the app decides which of its sockets, rooms or raw routes the request leads to. The browser client
    /// is answered here too.
    pub async fn route(&self, request: H::Request) -> H::Response {
        let (upgrade, pending) = self.host.read(request);
        if let Some(script) = self.app.script(&upgrade) {
            return self.host.respond(pending, script);
        }
        let span = span(&upgrade);
        let answer = async {
            let decision = self.app.admit(upgrade, self.host.runtime()).await;
            self.answer(pending, decision).await
        };
        answer.instrument(span).await
    }

    /// The direct form: inside a handler of the host, after its own checks, with the events in hand.
    ///
    /// The app's guards do not run here: the handler's checks are in their place. The origin is checked all the same.
    pub async fn direct(&self, request: H::Request, events: impl IntoAccept) -> H::Response {
        let (upgrade, pending) = self.host.read(request);
        let span = span(&upgrade);
        let decision = span.in_scope(|| self.app.admit_direct(&upgrade, events, self.host.runtime()));
        self.answer(pending, decision).instrument(span).await
    }

    async fn answer(&self, pending: H::Pending, decision: Result<Admission, Refusal>) -> H::Response {
        match decision {
            Ok(admission) => self.host.accept(pending, admission).await,
            Err(refusal) => {
                tracing::info!(status = refusal.status().as_u16(), why = %refusal, "upgrade refused");
                self.host.respond(pending, refusal.response())
            }
        }
    }
}

/// What is logged about an upgrade is logged in here. The query is left out: it may hold a token.
fn span(upgrade: &Upgrade) -> tracing::Span {
    tracing::info_span!("upgrade", path = upgrade.path())
}
