//! Attempts that fail, and what is told of them.

use std::{sync::mpsc, time::Duration};

use axum::{
    Router,
    http::{StatusCode, header::RETRY_AFTER},
};
use irori_client::{Options, Problem, Refused, use_socket};
use tokio::net::TcpListener;

use crate::{
    host::{ECHO, problem_of, within},
    raw::listen,
};

#[tokio::test]
async fn a_refusal_is_told_by_its_status() {
    for status in [StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK] {
        let (listener, url) = listen().await;
        let router = Router::new().fallback(move || async move { status });
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        assert_eq!(problem_of(Options::to(url)).await, format!("cannot connect: the server answered {status}"));
        server.abort();
    }
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back() {
    let (listener, url) = listen().await;
    let busy = || async { (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "7")]) };
    let server = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(busy)).await });
    let (tell, told) = mpsc::channel();
    let options = Options::to(url).max_retries(Some(0)).on_problem(move |problem| {
        let Problem::Connect(why) = problem else { return };
        tell.send(why.downcast_ref::<Refused>().copied()).unwrap();
    });
    let socket = use_socket(ECHO, options);
    within(socket.closed()).await;
    let refused = told.try_recv().unwrap().unwrap();
    assert_eq!((refused.status, refused.retry_after), (StatusCode::SERVICE_UNAVAILABLE, Some(Duration::from_secs(7))));
    server.abort();
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told() {
    let (listener, url) = listen().await;
    drop(listener);
    let problem = problem_of(Options::to(url)).await;
    assert!(problem.starts_with("cannot connect: ") && problem.contains("refused"), "{problem}");
}

#[tokio::test]
async fn what_is_no_http_is_told() {
    let (listener, url) = listen().await;
    let server = greeting(listener, b"220 mail.example ESMTP\r\n");
    let problem = problem_of(Options::to(url)).await;
    assert!(problem.starts_with("cannot connect: "), "{problem}");
    server.abort();
}

#[cfg(not(feature = "rustls"))]
#[tokio::test]
async fn a_secure_address_names_the_feature_that_it_needs() {
    let problem = problem_of(Options::to("https://127.0.0.1:1")).await;
    assert_eq!(problem, "cannot connect: `wss:` and `https:` need the feature `rustls` of irori-client");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_secure_address_is_spoken_to_in_tls() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        use tokio::io::AsyncReadExt as _;
        let mut hello = [0; 6];
        listener.accept().await.unwrap().0.read_exact(&mut hello).await.unwrap();
        hello
    });
    let problem = problem_of(Options::to(url.replace("http:", "https:"))).await;
    assert!(problem.starts_with("cannot connect: "), "{problem}");
    let [kind, major, .., handshake] = server.await.unwrap();
    assert_eq!((kind, major, handshake), (22, 3, 1), "a ClientHello (RFC 8446, section 4)");
}

/// Says something to whoever comes.
fn greeting(listener: TcpListener, text: &'static [u8]) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(text).await.unwrap();
        }
    })
}
