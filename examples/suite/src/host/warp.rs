use std::io;

use irori_test::conformance::Suite;
use tokio::net::TcpListener;
use warp::{Filter, Rejection, http::Request, reply::Reply};

pub(super) async fn serve(
    listener: TcpListener,
    suite: Suite,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = suite.app().clone();
    let goodbye = irori_warp::drain_on(&app, stop);
    let greeting = suite.greeting();
    let routes = irori_warp::routes_with(app, warp::any().map(move || greeting.clone())).or(answer(suite));
    warp::serve(routes).incoming(listener).graceful(goodbye).run().await;
    Ok(())
}

/// What is no path of the app: `/log` and its like.
fn answer(suite: Suite) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    irori_warp::request().and(warp::body::bytes()).then(move |request: Request<()>, body| {
        let suite = suite.clone();
        async move { suite.answer(request.map(|()| body)).await }
    })
}
