use std::{fmt, sync::Arc, time::Duration};

use irori::rt::{BoxFuture, Runtime, sleep};

/// How the suite's handlers wait, whatever the host's clock is.
#[derive(Clone)]
pub struct Pause(Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>);

impl Pause {
    /// Waits on the clock of `runtime`.
    pub fn of<R: Runtime>(runtime: R) -> Self {
        Self(Arc::new(move |duration| {
            let runtime = runtime.clone();
            Box::pin(async move { sleep(&runtime, duration).await })
        }))
    }

    pub(super) async fn millis(&self, millis: u64) {
        (self.0)(Duration::from_millis(millis)).await;
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}
