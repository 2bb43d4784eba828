//! Servers from which nothing comes, in virtual time.

use std::time::Duration;

use irori::rt::{Now, Runtime as _};
use irori_client::{CloseInfo, Native, Options, Status, use_socket};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{advance, timeout},
};

use crate::{
    host::{ECHO, problem_of},
    raw::{PING, PONG, frame, listen, upgrade},
};

fn now() -> Now {
    Native::default().now()
}

#[tokio::test(start_paused = true)]
async fn who_accepts_and_never_answers_is_given_up() {
    let (_listener, url) = listen().await;
    let start = now();
    let problem = soon(problem_of(Options::to(url))).await;
    assert_eq!(now().since(start).as_secs(), 10, "the limit of an attempt");
    assert_eq!(problem, "cannot connect: nothing came of it within the time that an attempt may take");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_any_more_is_asked_and_then_given_up() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut stream = upgrade(&listener).await;
    socket.status().wait_for(|status| *status == Status::Open).await.unwrap();
    let start = now();
    assert_eq!(soon(frame(&mut stream)).await, (PING, vec![]));
    assert_eq!(now().since(start).as_secs(), 40);
    soon(socket.status().wait_for(|status| *status == Status::Closed)).await.unwrap();
    assert_eq!(now().since(start).as_secs(), 50);
    assert_eq!(socket.close_info().get(), Some(CloseInfo::lost()));
}

#[tokio::test(start_paused = true)]
async fn who_is_asked_late_has_as_long_to_answer() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut stream = upgrade(&listener).await;
    socket.status().wait_for(|status| *status == Status::Open).await.unwrap();
    advance(Duration::from_secs(60)).await; // as a process does that was stopped
    assert_eq!(soon(frame(&mut stream)).await, (PING, vec![]));
    stream.write_all(&[PONG, 0]).await.unwrap();
    assert_eq!(soon(frame(&mut stream)).await, (PING, vec![]), "it is asked again, and was not given up");
}

#[tokio::test(start_paused = true)]
async fn who_answers_is_kept() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut stream = upgrade(&listener).await;
    let start = now();
    for _ in 0..10 {
        assert_eq!(soon(frame(&mut stream)).await, (PING, vec![]));
        stream.write_all(&[PONG, 0]).await.unwrap();
    }
    assert_eq!(now().since(start).as_secs(), 400);
    assert_eq!(socket.status().get(), Status::Open);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_takes_long_to_come_is_no_silence() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut messages = socket.messages();
    let mut stream = upgrade(&listener).await;
    for byte in b"\x81\x07\"hello\"" {
        stream.write_all(&[*byte]).await.unwrap();
        hears_nothing(&mut stream).await;
    }
    assert_eq!(soon(messages.recv()).await.as_deref(), Some("hello"));
}

/// Within an hour, which is soon over when there is nothing to do.
async fn soon<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(60 * 60), future).await.expect("it never comes")
}

/// The client has nothing to say for half a minute.
async fn hears_nothing(stream: &mut TcpStream) {
    let heard = timeout(Duration::from_secs(30), stream.read_u8()).await;
    assert!(heard.is_err(), "{heard:?}");
}
