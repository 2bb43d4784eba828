use std::{error::Error, future, sync::Arc};

use axum::{body::Body, extract::DefaultBodyLimit};
use board::site;
use bytes::Bytes;
use http::{Method, Uri};
use irori::App;
use tokio::net::TcpListener;

use crate::pages::Pages;

pub(super) async fn serve(
    listener: TcpListener,
    app: App,
    pages: Pages,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let app = app.build()?;
    let goodbye = irori_axum::drain_on(&app, stop);
    let pages = Arc::new(pages);
    let site = move |method: Method, uri: Uri, form: Bytes| {
        future::ready(pages.answer(&method, uri.path(), &form).map(Body::from))
    };
    let router = irori_axum::routes(app).fallback(site).layer(DefaultBodyLimit::max(site::FORM_BYTES));
    axum::serve(listener, router).with_graceful_shutdown(goodbye).await?;
    Ok(())
}
