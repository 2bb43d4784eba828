//! The one place that knows which targets have threads.
//!
//! On native targets a connection may move between threads, so everything it holds is `Send`. On wasm there is one
//! thread, and what a Worker hands over (JavaScript values) never is. The bounds below say "`Send` where that means
//! something"; users write plain `async fn` and meet them only in an error message.

pub use self::target::{BoxError, BoxFuture, MaybeSend, MaybeSync};

#[cfg(not(target_family = "wasm"))]
mod target {
    use std::pin::Pin;

    /// `Send` on targets with threads, nothing on wasm.
    pub trait MaybeSend: Send {}
    impl<T: Send + ?Sized> MaybeSend for T {}

    /// `Sync` on targets with threads, nothing on wasm.
    pub trait MaybeSync: Sync {}
    impl<T: Sync + ?Sized> MaybeSync for T {}

    /// A boxed future, `Send` on targets with threads.
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    /// Any error, `Send` and `Sync` on targets with threads.
    pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
}

#[cfg(target_family = "wasm")]
mod target {
    use std::pin::Pin;

    /// `Send` on targets with threads, nothing on wasm.
    pub trait MaybeSend {}
    impl<T: ?Sized> MaybeSend for T {}

    /// `Sync` on targets with threads, nothing on wasm.
    pub trait MaybeSync {}
    impl<T: ?Sized> MaybeSync for T {}

    /// A boxed future, `Send` on targets with threads.
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

    /// Any error, `Send` and `Sync` on targets with threads.
    pub type BoxError = Box<dyn std::error::Error>;
}
