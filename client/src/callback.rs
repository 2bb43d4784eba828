//! Functions of the app.

use std::sync::Arc;

use irori::{
    CloseInfo,
    rt::{BoxError, BoxFuture, MaybeSend, MaybeSync},
};

use crate::{endpoint::Endpoint, problem::Problem};

/// A function that is kept. `Send` where there are threads, which a `dyn Fn` cannot say by itself.
pub(crate) trait Callback<T: ?Sized, R = ()>: MaybeSend + MaybeSync {
    fn call(&self, value: &T) -> R;
}

impl<T: ?Sized, R, F: Fn(&T) -> R + MaybeSend + MaybeSync> Callback<T, R> for F {
    fn call(&self, value: &T) -> R {
        self(value)
    }
}

/// The function that is asked for the address at each attempt.
pub(crate) trait Ask: MaybeSend + MaybeSync {
    fn ask(&self) -> BoxFuture<'static, Result<Endpoint, BoxError>>;
}

impl<F, Answer> Ask for F
where
    F: Fn() -> Answer + MaybeSend + MaybeSync,
    Answer: Future<Output = Result<Endpoint, BoxError>> + MaybeSend + 'static,
{
    fn ask(&self) -> BoxFuture<'static, Result<Endpoint, BoxError>> {
        Box::pin(self())
    }
}

/// What a client tells its app, and asks of it.
#[derive(Clone)]
pub(crate) struct Hooks {
    pub(crate) on_problem: Arc<dyn Callback<Problem>>,
    /// Decides whether an end is followed by another try.
    pub(crate) should_reconnect: Arc<dyn Callback<CloseInfo, bool>>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { on_problem: Arc::new(Problem::log), should_reconnect: Arc::new(is_passing) }
    }
}

/// Whether an end may be of short duration: all but 1000, and the codes of an app, 4000-4999, which mean it.
fn is_passing(info: &CloseInfo) -> bool {
    !matches!(info.code.as_u16(), 1000 | 4000..=4999)
}
