//! Guards: who may come in.

use std::sync::Arc;

use crate::{
    error::Rejection,
    rt::{BoxFuture, MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

/// Decides whether a connection may be opened, once, before anything of the app's runs for it.
///
/// Any `async fn(&Upgrade) -> Result<(), Rejection>` is one:
///
/// ```
/// use irori::{App, Rejection, Upgrade};
///
/// async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
///     upgrade.cookie("name").map(|_| ()).ok_or(Rejection::Deny)
/// }
///
/// let app = App::new().guard(signed_in);
/// # app.build().unwrap();
/// ```
///
/// One that needs something of the app's (a store of sessions, say) is given it by
/// [`guard_with`](crate::App::guard_with).
///
/// # Contract
///
/// - Guards run in order: the app's, the scopes' from the outermost in, the handler's own
///   (`guard::chain_runs_app_scope_own`).
/// - Each runs once per connection, and not at all after one that did not allow (`guard::first_deny_wins`).
/// - A request that asks for no WebSocket runs none (`upgrade::plain_request_runs_no_guard_and_no_data`).
pub trait Guard<'a>: MaybeSend + MaybeSync + 'static {
    /// What it decides with.
    type Future: Future<Output = Result<(), Rejection>> + MaybeSend + 'a;

    /// Lets the connection in, or says why not.
    fn check(&self, upgrade: &'a Upgrade) -> Self::Future;
}

impl<'a, F, D> Guard<'a> for F
where
    F: Fn(&'a Upgrade) -> D + MaybeSend + MaybeSync + 'static,
    D: Future<Output = Result<(), Rejection>> + MaybeSend + 'a,
{
    type Future = D;

    fn check(&self, upgrade: &'a Upgrade) -> D {
        self(upgrade)
    }
}

/// A guard that is given a state: `async |state, upgrade| Ok(())`.
///
/// The state is a parameter because on stable Rust an async closure that captures cannot borrow the upgrade.
pub trait GuardWith<'a, State: 'a>: MaybeSend + MaybeSync + 'static {
    /// What it decides with.
    type Future: Future<Output = Result<(), Rejection>> + MaybeSend + 'a;

    /// Lets the connection in, or says why not.
    fn check(&self, state: &'a State, upgrade: &'a Upgrade) -> Self::Future;
}

impl<'a, State: 'a, F, D> GuardWith<'a, State> for F
where
    F: Fn(&'a State, &'a Upgrade) -> D + MaybeSend + MaybeSync + 'static,
    D: Future<Output = Result<(), Rejection>> + MaybeSend + 'a,
{
    type Future = D;

    fn check(&self, state: &'a State, upgrade: &'a Upgrade) -> D {
        self(state, upgrade)
    }
}

/// A guard whose type is forgotten.
pub(crate) trait DynGuard: MaybeSend + MaybeSync {
    fn check<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>>;
}

struct Erased<G>(G);

impl<G: for<'a> Guard<'a>> DynGuard for Erased<G> {
    fn check<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>> {
        Box::pin(self.0.check(upgrade))
    }
}

struct ErasedWith<S, G> {
    state: S,
    guard: G,
}

impl<S: MaybeSend + MaybeSync + 'static, G: for<'a> GuardWith<'a, S>> DynGuard for ErasedWith<S, G> {
    fn check<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>> {
        Box::pin(self.guard.check(&self.state, upgrade))
    }
}

pub(crate) fn erase<G: for<'a> Guard<'a>>(guard: G) -> Arc<dyn DynGuard> {
    Arc::new(Erased(guard))
}

pub(crate) fn erase_with<S, G>(state: S, guard: G) -> Arc<dyn DynGuard>
where
    S: MaybeSend + MaybeSync + 'static,
    G: for<'a> GuardWith<'a, S>,
{
    Arc::new(ErasedWith { state, guard })
}
