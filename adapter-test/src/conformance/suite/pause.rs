use std::{fmt, sync::Arc, time::Duration};

use irori::{
    BuiltApp,
    rt::{BoxFuture, Runtime, sleep},
};

/// How the suite waits, whatever the host's clock is.
#[derive(Clone)]
pub struct Pause {
    sleep: Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
    drain: Arc<dyn Fn(BuiltApp) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Pause {
    /// Waits on the clock of `runtime`.
    pub fn of<R: Runtime>(runtime: R) -> Self {
        let clock = runtime.clone();
        let nap = move |duration| -> BoxFuture<'static, ()> {
            let clock = clock.clone();
            Box::pin(async move { sleep(&clock, duration).await })
        };
        let drain = move |app: BuiltApp| -> BoxFuture<'static, ()> {
            let runtime = runtime.clone();
            Box::pin(async move { app.drain(&runtime).await })
        };
        Self { sleep: Arc::new(nap), drain: Arc::new(drain) }
    }

    /// Waits so many milliseconds.
    pub(super) async fn millis(&self, millis: u64) {
        (self.sleep)(Duration::from_millis(millis)).await;
    }

    /// Waits until the app has said goodbye to everybody.
    pub(super) async fn drain(&self, app: &BuiltApp) {
        (self.drain)(app.clone()).await;
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}
