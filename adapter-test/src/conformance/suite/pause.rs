use std::{fmt, sync::Arc, time::Duration};

use irori::{
    BuiltApp,
    rt::{BoxFuture, MaybeSend, MaybeSync, Runtime, sleep},
};

/// How the suite waits, whatever the host's clock is.
#[derive(Clone)]
pub struct Pause(Arc<dyn Clock>);

impl Pause {
    /// Waits on the clock of `runtime`.
    pub fn of<R: Runtime>(runtime: R) -> Self {
        Self(Arc::new(runtime))
    }

    /// Waits so many milliseconds.
    pub(super) async fn millis(&self, millis: u64) {
        self.0.sleep(Duration::from_millis(millis)).await;
    }

    /// Waits until the app has said goodbye to everybody.
    pub(super) async fn drain(&self, app: &BuiltApp) {
        self.0.drain(app.clone()).await;
    }
}

/// A runtime whose type is forgotten.
trait Clock: MaybeSend + MaybeSync {
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;

    fn drain(&self, app: BuiltApp) -> BoxFuture<'_, ()>;
}

impl<R: Runtime> Clock for R {
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(sleep(self, duration))
    }

    fn drain(&self, app: BuiltApp) -> BoxFuture<'_, ()> {
        Box::pin(async move { app.drain(self).await })
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}
