//! Functions of the app.

use irori::rt::{BoxError, BoxFuture, MaybeSend, MaybeSync};

use crate::endpoint::Endpoint;

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
