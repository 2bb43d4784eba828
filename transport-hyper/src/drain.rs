//! Shutting down with a goodbye.

use irori::BuiltApp;

use irori_tokio::TokioRuntime;

/// Waits for `signal`, then for the last goodbye: what a server's graceful shutdown is to wait for.
///
/// From the signal on, new upgrades get 503 and every connection is closed with 1001, spread over
/// `limits.close.drain`. Only when the last one is gone does the server stop to accept; other requests are answered until
/// then.
pub fn drain_on<F>(app: &BuiltApp, signal: F) -> impl Future<Output = ()> + Send + 'static + use<F>
where
    F: Future<Output = ()> + Send + 'static,
{
    let app = app.clone();
    async move {
        signal.await;
        app.drain(&TokioRuntime).await;
    }
}
