use std::future::Future;

use crate::{
    error::{Rejection, Result},
    rt::{BoxFuture, MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

/// A hook as a closure: `async |state, connection, event| Ok(())`, or an `async fn` of that shape.
///
/// The state is given as a parameter because on stable Rust an async closure that captures cannot borrow its connection.
pub trait Hook<'a, State: 'a, Conn: 'a, Event>: MaybeSend + MaybeSync + 'static {
    /// What it does.
    type Future: Future<Output = Result> + MaybeSend + 'a;

    /// Runs it.
    fn call(&self, state: &'a State, conn: &'a mut Conn, event: Event) -> Self::Future;
}

impl<'a, State: 'a, Conn: 'a, Event, F, D> Hook<'a, State, Conn, Event> for F
where
    F: Fn(&'a State, &'a mut Conn, Event) -> D + MaybeSend + MaybeSync + 'static,
    D: Future<Output = Result> + MaybeSend + 'a,
{
    type Future = D;

    fn call(&self, state: &'a State, conn: &'a mut Conn, event: Event) -> D {
        self(state, conn, event)
    }
}

/// A hook that is told nothing but that it is time: `async |state, connection| Ok(())`.
pub trait TurnHook<'a, State: 'a, Conn: 'a>: MaybeSend + MaybeSync + 'static {
    /// What it does.
    type Future: Future<Output = Result> + MaybeSend + 'a;

    /// Runs it.
    fn call(&self, state: &'a State, conn: &'a mut Conn) -> Self::Future;
}

impl<'a, State: 'a, Conn: 'a, F, D> TurnHook<'a, State, Conn> for F
where
    F: Fn(&'a State, &'a mut Conn) -> D + MaybeSend + MaybeSync + 'static,
    D: Future<Output = Result> + MaybeSend + 'a,
{
    type Future = D;

    fn call(&self, state: &'a State, conn: &'a mut Conn) -> D {
        self(state, conn)
    }
}

/// `data` as a closure: `async |state, upgrade, key| Ok(data)`.
pub trait DataHook<'a, State: 'a, Key: 'a, Data>: MaybeSend + MaybeSync + 'static {
    /// What it does.
    type Future: Future<Output = Result<Data, Rejection>> + MaybeSend + 'a;

    /// Runs it.
    fn call(&self, state: &'a State, upgrade: &'a Upgrade, key: &'a Key) -> Self::Future;
}

impl<'a, State: 'a, Key: 'a, Data, F, D> DataHook<'a, State, Key, Data> for F
where
    F: Fn(&'a State, &'a Upgrade, &'a Key) -> D + MaybeSend + MaybeSync + 'static,
    D: Future<Output = Result<Data, Rejection>> + MaybeSend + 'a,
{
    type Future = D;

    fn call(&self, state: &'a State, upgrade: &'a Upgrade, key: &'a Key) -> D {
        self(state, upgrade, key)
    }
}

/// A hook whose type is forgotten, or none.
pub(super) struct HookSlot<State, Conn, Event>(Option<Box<dyn DynHook<State, Conn, Event>>>);

impl<State: 'static, Conn: 'static, Event: 'static> HookSlot<State, Conn, Event> {
    pub(super) const EMPTY: Self = Self(None);

    pub(super) fn new(hook: impl for<'a> Hook<'a, State, Conn, Event>) -> Self {
        Self(Some(Box::new(Erased(hook))))
    }

    pub(super) async fn call(&self, state: &State, conn: &mut Conn, event: Event) -> Result {
        match &self.0 {
            Some(hook) => hook.call(state, conn, event).await,
            None => Ok(()),
        }
    }
}

impl<State: 'static, Conn: 'static> HookSlot<State, Conn, ()> {
    pub(super) fn turn(hook: impl for<'a> TurnHook<'a, State, Conn>) -> Self {
        Self(Some(Box::new(ErasedTurn(hook))))
    }
}

/// A data hook whose type is forgotten.
pub(super) type DataSlot<State, Key, Data> = Box<dyn DynDataHook<State, Key, Data>>;

pub(super) fn data_slot<State: 'static, Key: 'static, Data: 'static>(
    hook: impl for<'a> DataHook<'a, State, Key, Data>,
) -> DataSlot<State, Key, Data> {
    Box::new(Erased(hook))
}

pub(super) trait DynHook<State, Conn, Event>: MaybeSend + MaybeSync {
    fn call<'a>(&self, state: &'a State, conn: &'a mut Conn, event: Event) -> BoxFuture<'a, Result>;
}

pub(super) trait DynDataHook<State, Key, Data>: MaybeSend + MaybeSync {
    fn call<'a>(&self, state: &'a State, upgrade: &'a Upgrade, key: &'a Key) -> BoxFuture<'a, Result<Data, Rejection>>;
}

struct Erased<F>(F);

struct ErasedTurn<F>(F);

impl<State: 'static, Conn: 'static, F: for<'a> TurnHook<'a, State, Conn>> DynHook<State, Conn, ()> for ErasedTurn<F> {
    fn call<'a>(&self, state: &'a State, conn: &'a mut Conn, (): ()) -> BoxFuture<'a, Result> {
        Box::pin(self.0.call(state, conn))
    }
}

impl<State: 'static, Conn: 'static, Event, F: for<'a> Hook<'a, State, Conn, Event>> DynHook<State, Conn, Event>
    for Erased<F>
{
    fn call<'a>(&self, state: &'a State, conn: &'a mut Conn, event: Event) -> BoxFuture<'a, Result> {
        Box::pin(self.0.call(state, conn, event))
    }
}

impl<State: 'static, Key: 'static, Data: 'static, F: for<'a> DataHook<'a, State, Key, Data>>
    DynDataHook<State, Key, Data> for Erased<F>
{
    fn call<'a>(&self, state: &'a State, upgrade: &'a Upgrade, key: &'a Key) -> BoxFuture<'a, Result<Data, Rejection>> {
        Box::pin(self.0.call(state, upgrade, key))
    }
}
