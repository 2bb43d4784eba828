use std::{error::Error, sync::Arc};

use board::site;
use bytes::Bytes;
use http::Method;
use irori::App;
use tokio::net::TcpListener;
use warp::{Filter, path::FullPath};

use crate::pages::Pages;

pub(super) async fn serve(
    listener: TcpListener,
    app: App,
    pages: Pages,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let app = app.build()?;
    let goodbye = irori_warp::drain_on(&app, stop);
    let form = warp::body::content_length_limit(site::FORM_BYTES as u64).and(warp::body::bytes());
    // One that is too long, or does not say how long it is, counts as none.
    let form = form.or(warp::any().map(Bytes::new)).unify();
    let pages = Arc::new(pages);
    let site = warp::method().and(warp::path::full()).and(form);
    let site = site.map(move |method: Method, path: FullPath, form: Bytes| pages.answer(&method, path.as_str(), &form));
    let routes = irori_warp::routes(app).or(site);
    warp::serve(routes).incoming(listener).graceful(goodbye).run().await;
    Ok(())
}
