use std::{error::Error, future, sync::Arc};

use board::site;
use bytes::Bytes;
use http::{Method, header::CONTENT_LENGTH};
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
    // One that does not say how long it is counts as none; one that is too long is not taken.
    let none = warp::header::optional::<u64>(CONTENT_LENGTH.as_str()).and_then(|length: Option<u64>| {
        future::ready(if length.is_none() { Ok(Bytes::new()) } else { Err(warp::reject()) })
    });
    let form = form.or(none).unify();
    let pages = Arc::new(pages);
    let site = warp::method().and(warp::path::full()).and(form);
    let site = site.map(move |method: Method, path: FullPath, form: Bytes| pages.answer(&method, path.as_str(), &form));
    let routes = irori_warp::routes(app).or(site);
    warp::serve(routes).incoming(listener).graceful(goodbye).run().await;
    Ok(())
}
