use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    channel::{Channel, NoKey},
    connection::SocketConnection,
    error::{Failure, Rejection, Result},
    handler::{
        hook::{DataSlot, Hook, HookSlot, TurnHook},
        policy::Policy,
        socket::SocketHandler,
    },
    rt::{MaybeSend, MaybeSync},
    upgrade::Upgrade,
    wire::CloseInfo,
};

/// A socket handler made of closures; see [`define_socket`](crate::define_socket).
pub struct DefinedSocket<S, In, Out, K = NoKey, D = ()>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    pub(super) state: S,
    pub(super) data: DataSlot<S, K, D>,
    pub(super) open: HookSlot<S, SocketConnection<Self>, ()>,
    pub(super) message: HookSlot<S, SocketConnection<Self>, In>,
    pub(super) close: HookSlot<S, SocketConnection<Self>, CloseInfo>,
    pub(super) error: Option<fn(&S, &mut SocketConnection<Self>, &Failure)>,
    pub(super) policy: Policy,
}

impl<S, In, Out, K, D> DefinedSocket<S, In, Out, K, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    /// What to do when the connection is open.
    pub fn on_open<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut SocketConnection<Self>) -> Result + for<'a> TurnHook<'a, S, SocketConnection<Self>>,
    {
        self.open = HookSlot::turn(hook);
        self
    }

    /// What to do with a message.
    pub fn on_message<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut SocketConnection<Self>, In) -> Result + for<'a> Hook<'a, S, SocketConnection<Self>, In>,
    {
        self.message = HookSlot::new(hook);
        self
    }

    /// What to do when the connection has ended.
    pub fn on_close<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut SocketConnection<Self>, CloseInfo) -> Result
            + for<'a> Hook<'a, S, SocketConnection<Self>, CloseInfo>,
    {
        self.close = HookSlot::new(hook);
        self
    }

    /// What to do when something went wrong. Without it, the app's error hook is told.
    pub fn on_error(mut self, hook: fn(&S, &mut SocketConnection<Self>, &Failure)) -> Self {
        self.error = Some(hook);
        self
    }

    /// How connections are treated where that is a matter of taste.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }
}

impl<S, In, Out, K, D> SocketHandler for DefinedSocket<S, In, Out, K, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    type Key = K;
    type Incoming = In;
    type Outgoing = Out;
    type Data = D;

    async fn data(&self, upgrade: &Upgrade, key: &K) -> Result<D, Rejection> {
        self.data.call(&self.state, upgrade, key).await
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        self.open.call(&self.state, conn, ()).await
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, message: In) -> Result {
        self.message.call(&self.state, conn, message).await
    }

    async fn on_close(&self, conn: &mut SocketConnection<Self>, close: &CloseInfo) -> Result {
        self.close.call(&self.state, conn, close.clone()).await
    }

    fn on_error(&self, conn: &mut SocketConnection<Self>, failure: &Failure) {
        match self.error {
            Some(hook) => hook(&self.state, conn, failure),
            None => conn.report(failure),
        }
    }

    fn policy(&self) -> Policy {
        self.policy
    }
}

impl<S, In, Out, K, D> fmt::Debug for DefinedSocket<S, In, Out, K, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefinedSocket").field("policy", &self.policy).finish_non_exhaustive()
    }
}
