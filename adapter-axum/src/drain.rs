//! Shutting down with a goodbye.

use irori::BuiltApp;
use irori_hyper::TokioRuntime;

/// Waits for `signal`, then for the last goodbye: what axum's graceful shutdown is to wait for.
///
/// From the signal on, new upgrades get 503 and every connection is closed with 1001, spread over
/// `limits.close.drain`. Only when the last one is gone does axum stop to accept; other requests are answered until then.
///
/// ```no_run
/// use irori::App;
///
/// # async fn serve(listener: tokio::net::TcpListener) -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::new().build()?;
/// let router = irori_axum::routes(app.clone());
/// let signal = async {
///     // A failure to listen for the signal is one as well.
///     let _ = tokio::signal::ctrl_c().await;
/// };
/// axum::serve(listener, router.into_make_service())
///     .with_graceful_shutdown(irori_axum::drain_on(&app, signal))
///     .await?;
/// # Ok(())
/// # }
/// ```
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
