//! A server that does not read.

use irori_client::{Options, SendError, Socket, Status, use_socket};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    task::yield_now,
};

use crate::{
    host::{ECHO, becomes, lost, within},
    raw::{CLOSE, listen_narrowly, unmask, upgrade},
};

/// What is said to it, as long as it may be.
const BYTES: usize = 16 * 1024;

/// The most that may be taken: what waits in the client, and what the kernel keeps, 8 MiB and more.
const MOST: usize = 1024 + 4096;

#[tokio::test]
async fn what_nobody_reads_is_taken_up_to_a_bound() {
    let (listener, url) = listen_narrowly();
    let socket = use_socket(ECHO, Options::to(url));
    let _stream = within(upgrade(&listener)).await;
    becomes(&socket, Status::Open).await;
    fill(&socket).await;
    for _ in 0..100 {
        assert!(matches!(socket.send(&text()), Err(SendError::QueueFull)));
        yield_now().await;
    }
    assert_eq!(socket.status().get(), Status::Open);
}

#[tokio::test]
async fn a_close_is_answered_behind_what_was_written() {
    let (listener, url) = listen_narrowly();
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut stream = within(upgrade(&listener)).await;
    becomes(&socket, Status::Open).await;
    fill(&socket).await;
    stream.write_all(&[CLOSE, 2, 0x03, 0xF4]).await.unwrap();

    let mut heard = Vec::new();
    within(stream.read_to_end(&mut heard)).await.unwrap();
    let (header, code) = heard.last_chunk::<8>().unwrap().split_at(6);
    let (mut code, mask) = (code.to_vec(), header[2..].try_into().unwrap());
    unmask(&mut code, mask);
    assert_eq!((&header[..2], &code[..]), (&[CLOSE, 0x82][..], &[0x03, 0xF4][..]));
    let info = lost(&socket).await;
    assert_eq!((info.code.as_u16(), info.was_clean), (1012, true));
}

/// Sends until no more is taken.
async fn fill(socket: &Socket<String, String>) {
    let mut taken = 0;
    while socket.send(&text()).is_ok() {
        taken += 1;
        assert!(taken <= MOST, "there is a bound");
        yield_now().await; // the task of the client writes
    }
}

fn text() -> String {
    "x".repeat(BYTES)
}
