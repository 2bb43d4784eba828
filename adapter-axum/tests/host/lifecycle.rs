use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::Response,
    routing::{any, get},
};
use futures_util::SinkExt as _;
use irori::{BuiltApp, CloseInfo, Events, Upgrade};
use irori_hyper::into_tcp;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

use crate::client::{
    app, assert_echo, closed, connect, echo, receive, refused, request, serve, serve_app, upgrade_head,
    upgrade_headers, within,
};

/// An app at `/watched` that tells how its connections end.
fn watched() -> (BuiltApp, mpsc::UnboundedReceiver<CloseInfo>) {
    let (told, ends) = mpsc::unbounded_channel();
    let decide = move |_: &Upgrade| {
        Events::with(told.clone()).on_close(async |told, _, close| {
            told.send(close)?;
            Ok(())
        })
    };
    (app().websocket("/watched", decide).build().unwrap(), ends)
}

/// Waits until nobody is connected any more.
async fn emptied(app: &BuiltApp) {
    let empty = async {
        while app.connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    within(empty).await;
}

#[tokio::test]
async fn the_code_of_a_client_is_heard_and_answered() {
    let (app, mut ends) = watched();
    let mut client = connect(serve_app(&app).await, "/watched").await;
    let frame = CloseFrame { code: CloseCode::from(4321), reason: "bye".into() };
    client.close(Some(frame)).await.unwrap();
    assert_eq!(closed(&mut client).await, (4321, "bye".into()));
    let end = within(ends.recv()).await.unwrap();
    assert_eq!((end.code.as_u16(), end.reason.as_str(), end.was_clean), (4321, "bye", true));
    emptied(&app).await;
}

#[tokio::test]
async fn a_client_that_vanishes_frees_its_place() {
    let (app, mut ends) = watched();
    let client = connect(serve_app(&app).await, "/watched").await;
    assert_eq!(app.connections(), 1);
    drop(client);
    assert_eq!(within(ends.recv()).await.unwrap().code, 1006);
    emptied(&app).await;
}

#[tokio::test]
async fn an_upgrade_that_never_happens_frees_its_place_and_runs_nothing() {
    let (app, mut ends) = watched();
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = "/watched".parse().unwrap();
    for (name, value) in upgrade_headers() {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = irori_axum::upgrade_websocket().serve(app.clone()).route(request).await;
    assert_eq!(response.status(), 426, "there is no connection under the request");
    emptied(&app).await;
    assert!(ends.try_recv().is_err());
}

#[tokio::test]
async fn a_drain_closes_refuses_and_lets_the_server_end() {
    let app = app()
        .limits(|limits| limits.close.drain = Duration::from_millis(50))
        .websocket("/echo", |_: &Upgrade| echo())
        .build()
        .unwrap();
    let router = irori_axum::routes(app.clone()).route("/health", get(async || "fine"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let signal = async { stopped.await.unwrap_or_default() };
    let server = axum::serve(listener, router).with_graceful_shutdown(irori_axum::drain_on(&app, signal));
    let server = tokio::spawn(async { server.await });

    let (mut first, mut second) = (connect(address, "/echo").await, connect(address, "/echo").await);
    assert_echo(&mut first, "hello").await;
    stop.send(()).unwrap();
    assert_eq!(receive(&mut first).await.into_data(), b"\x03\xe9going away"[2..]);
    assert_eq!(refused(address, "/echo").await, 503, "one connection has not answered yet");
    assert!(request(address, "GET", "/health").await.ends_with("fine"));

    first.flush().await.unwrap();
    assert_eq!(closed(&mut second).await, (1001, "going away".into()));
    within(server).await.unwrap().unwrap();
    assert_eq!(app.connections(), 0);
}

#[tokio::test]
async fn the_stream_under_a_connection_is_tcp_without_delay() {
    let (told, mut streams) = mpsc::unbounded_channel();
    let upgrade = move |mut request: Request| async move {
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let tcp = into_tcp(upgraded.await.unwrap());
            told.send(tcp.map(|(stream, read)| (stream.nodelay().unwrap(), read.len())).map_err(drop))
        });
        let head = Response::builder().status(101).header("connection", "upgrade").header("upgrade", "websocket");
        head.header("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").body(Body::empty()).unwrap()
    };
    let address = serve(Router::new().route("/", any(upgrade))).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut bytes = upgrade_head("/").into_bytes();
    bytes.extend(b"early");
    stream.write_all(&bytes).await.unwrap();
    assert_eq!(within(streams.recv()).await, Some(Ok((true, 5))));
}
