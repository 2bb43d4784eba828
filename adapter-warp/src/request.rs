//! Requests, out of what warp's filters show of them.

use std::{future, net::SocketAddr};

use hyper::upgrade::OnUpgrade;
use warp::{
    Filter, Rejection,
    http::{HeaderMap, Method, Request, Uri, Version},
    path::FullPath,
    reject,
};

/// The request, without its body: what [`upgrade_websocket`](crate::upgrade_websocket) takes.
///
/// Among its extensions is the peer's [`SocketAddr`], where warp knows it. Other extensions are there for warp's filters
/// by their types alone, such as [`warp::ext::get`], and so not in here.
pub fn request() -> impl Filter<Extract = (Request<()>,), Error = Rejection> + Clone {
    request_at(
        warp::path::full().and_then(|path: FullPath| future::ready(Ok::<_, Rejection>(path.as_str().to_owned()))),
    )
}

/// The request, as if it had come for this path.
pub(crate) fn request_at<P>(path: P) -> impl Filter<Extract = (Request<()>,), Error = Rejection> + Clone
where
    P: Filter<Extract = (String,), Error = Rejection> + Clone + Send,
{
    path.and(query())
        .and_then(|path, query| future::ready(target(path, query)))
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .and(warp::ext::optional())
        .map(assemble)
}

fn query() -> impl Filter<Extract = (Option<String>,), Error = Rejection> + Copy {
    warp::query::raw().map(Some).or_else(|_| future::ready(Ok::<_, Rejection>((None,))))
}

fn target(path: String, query: Option<String>) -> Result<Uri, Rejection> {
    let target = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
    // It was a part of a target before.
    target.parse().map_err(|_| reject::not_found())
}

fn assemble(
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    address: Option<SocketAddr>,
    on_upgrade: Option<OnUpgrade>,
) -> Request<()> {
    let mut request = Request::new(());
    // warp does not tell the version. hyper offers an upgrade over HTTP/1.1 alone, and without its offer there is none.
    *request.version_mut() = if on_upgrade.is_some() { Version::HTTP_11 } else { Version::HTTP_10 };
    *request.uri_mut() = uri;
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    let extensions = request.extensions_mut();
    address.map(|address| extensions.insert(address));
    on_upgrade.map(|on_upgrade| extensions.insert(on_upgrade));
    request
}
