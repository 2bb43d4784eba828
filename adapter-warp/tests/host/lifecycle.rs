use std::time::Duration;

use http::{HeaderValue, Response, header};
use hyper::upgrade::OnUpgrade;
use irori_hyper::into_tcp;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};
use warp::Filter;

use crate::client::{Server, echo_app, within};

#[tokio::test]
async fn a_drain_closes_refuses_and_lets_the_server_end() {
    let app = echo_app().limits(|limits| limits.close.drain = Duration::from_millis(50)).build().unwrap();
    let routes = irori_warp::routes(app.clone()).or(warp::path!("health").map(|| "fine"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::at(listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let signal = async { stopped.await.unwrap_or_default() };
    let goodbye = irori_warp::drain_on(&app, signal);
    let running = tokio::spawn(warp::serve(routes).incoming(listener).graceful(goodbye).run());

    let (mut first, mut second) = (server.connect("/echo").await, server.connect("/echo").await);
    first.assert_echo("hello").await;
    stop.send(()).unwrap();
    assert_eq!(first.closing().await, (1001, "going away".into()));
    assert_eq!(server.refused("/echo").await, 503, "one connection has not answered yet");
    assert_eq!(server.ask("GET", "/health").await.body(), "fine");

    first.end().await;
    assert_eq!(second.closing().await, (1001, "going away".into()));
    second.end().await;
    within(running).await.unwrap();
    assert_eq!(app.connections(), 0);
}

#[tokio::test]
async fn the_stream_under_a_connection_is_tcp_without_delay() {
    let (told, mut streams) = mpsc::unbounded_channel();
    let upgrade = warp::ext::get().map(move |on_upgrade: OnUpgrade| {
        let told = told.clone();
        tokio::spawn(async move {
            let tcp = into_tcp(on_upgrade.await.unwrap());
            told.send(tcp.map(|(stream, _)| stream.nodelay().unwrap()).map_err(drop))
        });
        let head = Response::builder().status(101).header(header::CONNECTION, "upgrade");
        head.header(header::UPGRADE, HeaderValue::from_static("websocket")).body("")
    });
    let _client = Server::start(upgrade).await.connect("/").await;
    assert_eq!(within(streams.recv()).await, Some(Ok(true)));
}
