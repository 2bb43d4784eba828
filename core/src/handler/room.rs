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
    channel::{Channel, KeyError, Params, Segment, topic},
    connection::{Base, RoomConnection},
    error::{Cause, Failure, Rejection, Result, Stage},
    resume::Record,
    room::RoomKey,
    rt::{BoxFuture, MaybeSend, MaybeSync, Now},
    session::Event,
    upgrade::Upgrade,
    wire::{self, CloseCode, CloseFrame, Command},
};

/// A room: many clients under one key, who hear each other and see who is there.
///
/// ```text
///  upgrade ─▶ guard ─▶ data ─▶ 101 ─▶ presence ─▶ snapshot, join ─▶ on_join ─▶ on_message* ─▶ leave ─▶ teardowns ─▶ on_leave
///               │        │                        to it  to others
///               └── 4403 ┴─▶ nothing of the handler's runs, nobody hears of it
/// ```
///
/// The wire of a room is PROTOCOL.md, section 5. A room exists while somebody is in it.
///
/// # Contract
///
/// - The snapshot is a member's first frame and contains the member (`room::snapshot_first_always`).
/// - A broadcast is encoded once, and all members see the room's frames in one order
///   (`room::same_order_for_all_members`).
/// - `on_leave` runs once for every member that joined, after the others were told, and never before `on_join` ended
///   (`room::leave_once_on_every_kind_of_close`, `room::leave_never_before_join_ends`).
/// - What [`SocketHandler`](super::SocketHandler) promises of its hooks holds here too.
pub trait RoomHandler: Sized + MaybeSend + MaybeSync + 'static {
    /// What the room is about.
    type Key: Channel;
    /// What a member says.
    type Incoming: DeserializeOwned + MaybeSend;
    /// What members hear.
    type Outgoing: Serialize + 'static;
    /// What a member shows of itself; `()` when members show nothing.
    type State: Serialize + DeserializeOwned + MaybeSend + 'static;
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

    /// What a member shows when it joins.
    fn presence(&self, data: &Self::Data) -> Self::State;

    /// The member is in. When it fails, the connection is closed with 1011, unless the [`policy`](Self::policy) keeps
    /// it.
    fn on_join(&self, conn: &mut RoomConnection<Self>) -> impl Future<Output = Result> + MaybeSend {
        let _ = conn;
        ready(Ok(()))
    }

    /// A message came. Nobody hears it unless this hook passes it on. When it fails, the connection stays open.
    fn on_message(
        &self,
        conn: &mut RoomConnection<Self>,
        message: Self::Incoming,
    ) -> impl Future<Output = Result> + MaybeSend {
        let _ = (conn, message);
        ready(Ok(()))
    }

    /// A member wants to show a new state, or nothing any more: gives what is shown instead. When it fails, all stays
    /// as it is. A client can ask for any state of the type, so what must not be forged (a name, a role) is put right
    /// here.
    fn on_presence(&self, conn: &RoomConnection<Self>, wanted: Option<Self::State>) -> Result<Option<Self::State>> {
        let _ = conn;
        Ok(wanted)
    }

    /// The member has left; [`close_info`](RoomConnection::close_info) says how.
    fn on_leave(&self, conn: &mut RoomConnection<Self>) -> impl Future<Output = Result> + MaybeSend {
        let _ = conn;
        ready(Ok(()))
    }

    /// Something went wrong: a hook failed or panicked, or what came could not be taken. Unless it is overridden, the
    /// app's error hook is told.
    fn on_error(&self, conn: &mut RoomConnection<Self>, failure: &Failure) {
        conn.report(failure);
    }

    /// How connections are treated where that is a matter of taste. Asked for once, when the handler is registered.
    fn policy(&self) -> Policy {
        Policy::new()
    }
}

/// A registered room handler.
pub(crate) struct RoomUnit<H> {
    handler: Arc<H>,
    /// Asked for once, when the app is made.
    policy: Policy,
}

impl<H: RoomHandler> RoomUnit<H> {
    pub(crate) fn new(handler: H) -> Self {
        Self { policy: handler.policy(), handler: Arc::new(handler) }
    }

    fn run(&self, conn: RoomConnection<H>) -> RoomRun<H> {
        RoomRun { handler: Arc::clone(&self.handler), conn, malformed: self.policy.malformed }
    }
}

impl<H: RoomHandler> Unit for RoomUnit<H> {
    fn segments(&self) -> &'static [Segment<'static>] {
        H::Key::SEGMENTS
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn check_key(&self, params: &Params) -> Result<Params, KeyError> {
        H::Key::from_params(params).map(|key| key.to_params())
    }

    fn room(&self, unit: &Arc<str>, params: &Params) -> Option<RoomKey> {
        Some(RoomKey { unit: Arc::clone(unit), topic: topic(H::Key::SEGMENTS, params).into() })
    }

    fn guard<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>> {
        Box::pin(self.handler.guard(upgrade))
    }

    fn open<'a>(&'a self, upgrade: &'a Upgrade, visit: Visit) -> BoxFuture<'a, Result<Opening, Rejection>> {
        Box::pin(async move {
            let key = H::Key::from_params(upgrade.params()).map_err(|_| Rejection::Deny)?;
            let room = visit.room.ok_or(Rejection::Deny)?;
            let data = self.handler.data(upgrade, &key).await?;
            budgeted(&data, &visit.base.app.limits)?;
            let conn = RoomConnection::new(visit.base, key, data, room);
            Ok(Opening::of(self.run(conn)))
        })
    }

    fn resume(&self, record: &Record, base: Base) -> Option<Box<dyn DynConnection>> {
        let key = H::Key::from_params(&record.ours.params).ok()?;
        let data = serde_json::from_str(record.data.get()).ok()?;
        let mut conn = RoomConnection::new(base, key, data, record.room()?);
        record.ours.seat.iter().for_each(|seat| conn.rejoin(seat));
        Some(Box::new(self.run(conn)))
    }
}

struct RoomRun<H: RoomHandler> {
    handler: Arc<H>,
    conn: RoomConnection<H>,
    malformed: Malformed,
}

impl<H: RoomHandler> RoomRun<H> {
    fn join(&mut self) -> Result<Ran, Cause> {
        let state = self.handler.presence(self.conn.data());
        if self.conn.join(&state).map_err(|error| Cause::Error(error.into()))? {
            return Ok(Ran { half_open: true, ..Ran::default() });
        }
        let close = CloseFrame::of(CloseCode::TRY_AGAIN, "the room is full");
        Ok(Ran { close: Some(close), ..Ran::default() })
    }

    fn offer(&mut self, now: Now, wanted: Option<H::State>) -> Result<Ran, Cause> {
        let shown = self.handler.on_presence(&self.conn, wanted)?;
        Ok(Ran { tick_at: self.conn.offer(now, shown)?, ..Ran::default() })
    }
}

impl<H: RoomHandler> Hooks for RoomRun<H> {
    async fn run(&mut self, now: Now, event: Event) -> Result<Ran, Cause> {
        match event {
            // The others are told once, however often memory goes while `on_join` runs.
            Event::Open if !self.conn.has_joined() => return self.join(),
            Event::Open => self.handler.on_join(&mut self.conn).await?,
            Event::Message(payload) => {
                let command = wire::parse(payload.bytes()).map_err(|error| Cause::Malformed(error.into()))?;
                match command {
                    Command::Message(message) => self.handler.on_message(&mut self.conn, message).await?,
                    Command::Presence(wanted) => return self.offer(now, wanted),
                }
            }
            Event::Fault(_, cause) => return Err(cause),
            Event::Tick => return Ok(Ran { tick_at: self.conn.publish(now), ..Ran::default() }),
            Event::Close(info) => {
                self.conn.base.closed = Some(info);
                if self.conn.has_joined() {
                    self.handler.on_leave(&mut self.conn).await?;
                }
            }
        }
        Ok(Ran::default())
    }

    fn part(&mut self) -> Vec<Cause> {
        self.conn.leave();
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
