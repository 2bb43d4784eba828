use std::{
    future::{Future, ready},
    sync::Arc,
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    burst::DynConnection,
    policy::{Malformed, Policy},
    run::{Hooks, Ran},
    unit::{Opening, Unit, Visit, budgeted},
};
use crate::{
    channel::{Channel, KeyError, Params, Segment},
    connection::{Base, SocketConnection},
    error::{Cause, Error, Failure, Rejection, Result, Stage},
    resume::Record,
    rt::{BoxFuture, MaybeSend, MaybeSync, Now},
    session::Event,
    upgrade::Upgrade,
    wire::CloseInfo,
};

/// A socket: one client, typed messages both ways.
///
/// ```text
///  upgrade ─▶ guard ─▶ data ─▶ 101 ─▶ on_open ─▶ on_message* ─▶ teardowns ─▶ on_close
///               │        │
///               └── 4403 ┴─▶ nothing of the handler's runs
/// ```
///
/// ```
/// use irori::{App, Result, SocketConnection, SocketHandler, SocketRef, Upgrade, Rejection, channel::NoKey};
///
/// pub const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
///
/// struct Echo;
///
/// impl SocketHandler for Echo {
///     type Key = NoKey;
///     type Incoming = String;
///     type Outgoing = String;
///     type Data = ();
///
///     async fn data(&self, _: &Upgrade, _: &NoKey) -> Result<(), Rejection> {
///         Ok(())
///     }
///
///     async fn on_message(&self, conn: &mut SocketConnection<Self>, message: String) -> Result {
///         conn.send(&message)?;
///         Ok(())
///     }
/// }
///
/// let app = App::new().socket(ECHO, Echo);
/// # app.build().unwrap();
/// ```
///
/// # Contract
///
/// - At most one hook of a connection runs at a time, in the order of events (`order::one_event_at_a_time`).
/// - `on_open` ends before the first message starts, and no message is lost meanwhile
///   (`lifecycle::open_awaited_before_message`).
/// - `on_close` comes last and once (`lifecycle::close_exactly_once`).
/// - An error goes to `on_error` and never to the client (`error::cause_never_reaches_client`).
/// - A panic ends this connection with 1011 and touches no other (`error::panic_does_not_hurt_others`).
pub trait SocketHandler: Sized + MaybeSend + MaybeSync + 'static {
    /// What the socket is about; [`NoKey`](crate::channel::NoKey) when there is nothing to say.
    type Key: Channel;
    /// What the client says.
    type Incoming: DeserializeOwned + MaybeSend;
    /// What the server says.
    type Outgoing: Serialize + 'static;
    /// What a connection remembers from its upgrade on.
    type Data: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;

    /// A guard of this handler's own; it runs after the app's and the scopes'.
    fn guard(&self, upgrade: &Upgrade) -> impl Future<Output = Result<(), Rejection>> + MaybeSend {
        let _ = upgrade;
        ready(Ok(()))
    }

    /// Makes the connection's data: once, at the upgrade, after every guard allowed it.
    fn data(
        &self,
        upgrade: &Upgrade,
        key: &Self::Key,
    ) -> impl Future<Output = Result<Self::Data, Rejection>> + MaybeSend;

    /// The connection is open. When it fails, the connection is closed with 1011, unless the [`policy`](Self::policy)
    /// keeps it.
    fn on_open(&self, conn: &mut SocketConnection<Self>) -> impl Future<Output = Result> + MaybeSend {
        let _ = conn;
        ready(Ok(()))
    }

    /// A message came. When it fails, the connection stays open.
    fn on_message(
        &self,
        conn: &mut SocketConnection<Self>,
        message: Self::Incoming,
    ) -> impl Future<Output = Result> + MaybeSend {
        let _ = (conn, message);
        ready(Ok(()))
    }

    /// The connection ended; nothing can be sent any more.
    fn on_close(
        &self,
        conn: &mut SocketConnection<Self>,
        close: &CloseInfo,
    ) -> impl Future<Output = Result> + MaybeSend {
        let _ = (conn, close);
        ready(Ok(()))
    }

    /// Something went wrong: a hook failed or panicked, or what came could not be taken. Unless it is overridden, the
    /// app's error hook is told.
    fn on_error(&self, conn: &mut SocketConnection<Self>, failure: &Failure) {
        conn.report(failure);
    }

    /// How connections are treated where that is a matter of taste. Asked for once, when the handler is registered.
    fn policy(&self) -> Policy {
        Policy::new()
    }
}

/// A registered socket handler.
pub(crate) struct SocketUnit<H> {
    handler: Arc<H>,
    /// Asked for once, when the app is made.
    policy: Policy,
}

impl<H: SocketHandler> SocketUnit<H> {
    pub(crate) fn new(handler: H) -> Self {
        Self { policy: handler.policy(), handler: Arc::new(handler) }
    }

    fn run(&self, conn: SocketConnection<H>) -> SocketRun<H> {
        SocketRun { handler: Arc::clone(&self.handler), conn, malformed: self.policy.malformed }
    }
}

impl<H: SocketHandler> Unit for SocketUnit<H> {
    fn segments(&self) -> &'static [Segment<'static>] {
        H::Key::SEGMENTS
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn check_key(&self, params: &Params) -> Result<Params, KeyError> {
        H::Key::from_params(params).map(|key| key.to_params())
    }

    fn guard<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>> {
        Box::pin(self.handler.guard(upgrade))
    }

    fn open<'a>(&'a self, upgrade: &'a Upgrade, visit: Visit) -> BoxFuture<'a, Result<Opening, Rejection>> {
        Box::pin(async move {
            let key = H::Key::from_params(upgrade.params()).map_err(|_| Rejection::Deny)?;
            let data = self.handler.data(upgrade, &key).await?;
            budgeted(&data, &visit.base.app.limits)?;
            let conn = SocketConnection::new(visit.base, key, data);
            Ok(Opening::of(self.run(conn)))
        })
    }

    fn resume(&self, record: &Record, base: Base) -> Option<Box<dyn DynConnection>> {
        let key = H::Key::from_params(&record.ours.params).ok()?;
        let data = serde_json::from_str(record.data.get()).ok()?;
        Some(Box::new(self.run(SocketConnection::new(base, key, data))))
    }
}

struct SocketRun<H: SocketHandler> {
    handler: Arc<H>,
    conn: SocketConnection<H>,
    malformed: Malformed,
}

impl<H: SocketHandler> Hooks for SocketRun<H> {
    async fn run(&mut self, _: Now, event: Event) -> Result<Ran, Cause> {
        let conn = &mut self.conn;
        match event {
            Event::Open => self.handler.on_open(conn).await?,
            Event::Message(payload) => {
                let message =
                    serde_json::from_slice(payload.bytes()).map_err(|error| Cause::Malformed(error.into()))?;
                self.handler.on_message(conn, message).await?;
            }
            Event::Fault(_, cause) => return Err(cause),
            Event::Close(info) => self.handler.on_close(conn, &info).await?,
            Event::Tick => {}
        }
        Ok(Ran::default())
    }

    fn part(&mut self) -> Vec<Cause> {
        self.conn.base.tear_down()
    }

    fn report(&mut self, stage: Stage, cause: Cause) {
        let failure = self.conn.base.failure(stage, cause);
        self.handler.on_error(&mut self.conn, &failure);
    }

    fn malformed(&self) -> Malformed {
        self.malformed
    }

    fn base(&self) -> &Base {
        &self.conn.base
    }

    fn record(&mut self) -> Result<Option<Record>, Cause> {
        self.conn.record().map(Some)
    }
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
