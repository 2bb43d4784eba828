use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    channel::Channel,
    connection::RoomConnection,
    error::{Failure, Rejection, Result},
    handler::{
        hook::{DataSlot, Hook, HookSlot, TurnHook},
        policy::Policy,
        room::RoomHandler,
    },
    rt::{MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

/// A room handler made of closures; see [`define_room`](crate::define_room).
pub struct DefinedRoom<S, K, In, Out, P = (), D = ()>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    P: Serialize + DeserializeOwned + MaybeSend + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    pub(super) state: S,
    pub(super) data: DataSlot<S, K, D>,
    pub(super) presence: fn(&S, &D) -> P,
    pub(super) join: HookSlot<S, RoomConnection<Self>, ()>,
    pub(super) message: HookSlot<S, RoomConnection<Self>, In>,
    pub(super) leave: HookSlot<S, RoomConnection<Self>, ()>,
    pub(super) wanted: Option<PresenceHook<S, Self, P>>,
    pub(super) error: Option<fn(&S, &mut RoomConnection<Self>, &Failure)>,
    pub(super) policy: Policy,
}

/// What puts a state right that a member of a [`DefinedRoom`] wants to show.
pub type PresenceHook<S, H, P> = fn(&S, &RoomConnection<H>, Option<P>) -> Result<Option<P>>;

impl<S, K, In, Out, P, D> DefinedRoom<S, K, In, Out, P, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    P: Serialize + DeserializeOwned + MaybeSend + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    /// What to do when a member is in.
    pub fn on_join<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut RoomConnection<Self>) -> Result + for<'a> TurnHook<'a, S, RoomConnection<Self>>,
    {
        self.join = HookSlot::turn(hook);
        self
    }

    /// What to do with a message.
    pub fn on_message<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut RoomConnection<Self>, In) -> Result + for<'a> Hook<'a, S, RoomConnection<Self>, In>,
    {
        self.message = HookSlot::new(hook);
        self
    }

    /// What to do when a member has left.
    pub fn on_leave<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut RoomConnection<Self>) -> Result + for<'a> TurnHook<'a, S, RoomConnection<Self>>,
    {
        self.leave = HookSlot::turn(hook);
        self
    }

    /// What is shown when a member wants to show a state, or nothing any more; see
    /// [`RoomHandler::on_presence`].
    pub fn on_presence(mut self, hook: PresenceHook<S, Self, P>) -> Self {
        self.wanted = Some(hook);
        self
    }

    /// What to do when something went wrong. Without it, the app's error hook is told.
    pub fn on_error(mut self, hook: fn(&S, &mut RoomConnection<Self>, &Failure)) -> Self {
        self.error = Some(hook);
        self
    }

    /// How connections are treated where that is a matter of taste.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }
}

impl<S, K, In, Out, P, D> RoomHandler for DefinedRoom<S, K, In, Out, P, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    P: Serialize + DeserializeOwned + MaybeSend + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    type Key = K;
    type Incoming = In;
    type Outgoing = Out;
    type State = P;
    type Data = D;

    async fn data(&self, upgrade: &Upgrade, key: &K) -> Result<D, Rejection> {
        self.data.call(&self.state, upgrade, key).await
    }

    fn presence(&self, data: &D) -> P {
        (self.presence)(&self.state, data)
    }

    async fn on_join(&self, conn: &mut RoomConnection<Self>) -> Result {
        self.join.call(&self.state, conn, ()).await
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, message: In) -> Result {
        self.message.call(&self.state, conn, message).await
    }

    async fn on_leave(&self, conn: &mut RoomConnection<Self>) -> Result {
        self.leave.call(&self.state, conn, ()).await
    }

    fn on_presence(&self, conn: &RoomConnection<Self>, wanted: Option<P>) -> Result<Option<P>> {
        match self.wanted {
            Some(hook) => hook(&self.state, conn, wanted),
            None => Ok(wanted),
        }
    }

    fn on_error(&self, conn: &mut RoomConnection<Self>, failure: &Failure) {
        match self.error {
            Some(hook) => hook(&self.state, conn, failure),
            None => conn.report(failure),
        }
    }

    fn policy(&self) -> Policy {
        self.policy
    }
}

impl<S, K, In, Out, P, D> fmt::Debug for DefinedRoom<S, K, In, Out, P, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    P: Serialize + DeserializeOwned + MaybeSend + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefinedRoom").field("policy", &self.policy).finish_non_exhaustive()
    }
}
