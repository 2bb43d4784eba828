use std::error::Error;

use axum::extract::DefaultBodyLimit;
use board::site;
use bytes::Bytes;
use http::{Method, Uri};
use irori::App;
use tokio::net::TcpListener;

pub(super) async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let app = app.build()?;
    let goodbye = irori_axum::drain_on(&app, stop);
    let site = async |method: Method, uri: Uri, form: Bytes| site::answer(&method, uri.path(), &form);
    let router = irori_axum::routes(app).fallback(site).layer(DefaultBodyLimit::max(site::FORM_BYTES));
    axum::serve(listener, router).with_graceful_shutdown(goodbye).await?;
    Ok(())
}
