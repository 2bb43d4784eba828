use serde::{Serialize, de::DeserializeOwned};

use crate::{
    channel::Channel,
    connection::RoomConnection,
    error::{Rejection, Result},
    handler::{
        hook::{DataSlot, Hook, HookSlot},
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
    pub(super) policy: Policy,
}

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
        F: AsyncFn(&S, &mut RoomConnection<Self>, ()) -> Result + for<'a> Hook<'a, S, RoomConnection<Self>, ()>,
    {
        self.join = HookSlot::new(hook);
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
        F: AsyncFn(&S, &mut RoomConnection<Self>, ()) -> Result + for<'a> Hook<'a, S, RoomConnection<Self>, ()>,
    {
        self.leave = HookSlot::new(hook);
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

    fn policy(&self) -> Policy {
        self.policy
    }
}
