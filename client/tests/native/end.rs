//! Ends, each from its side.

use irori::define_socket;
use irori_client::{CloseInfo, Options, Status, use_socket};
use tokio::{
    io::AsyncWriteExt as _,
    runtime::Builder,
    sync::mpsc::{UnboundedSender, unbounded_channel},
};

use crate::{
    host::{ECHO, Host, becomes, echo, lost, roomy, within},
    raw::{CLOSE, frame, listen, upgrade},
};

/// A server that tells how its connections ended.
async fn telling() -> (Host, tokio::sync::mpsc::UnboundedReceiver<CloseInfo>) {
    let (tell, told) = unbounded_channel();
    let socket = define_socket(ECHO, tell).on_close(async |tell: &UnboundedSender<CloseInfo>, _, info| {
        tell.send(info).ok();
        Ok(())
    });
    (Host::start(roomy().socket(ECHO, socket)).await, told)
}

#[tokio::test]
async fn a_handle_that_is_dropped_says_goodbye() {
    let (host, mut told) = telling().await;
    let socket = use_socket(ECHO, Options::to(host.url()));
    becomes(&socket, Status::Open).await;
    drop(socket);
    assert_eq!(within(told.recv()).await, Some(CloseInfo::new(1000, "", true)));
}

#[tokio::test]
async fn a_close_carries_its_code_and_reason() {
    let (host, mut told) = telling().await;
    let socket = use_socket(ECHO, Options::to(host.url()));
    becomes(&socket, Status::Open).await;
    socket.close(4001, "enough").unwrap();
    becomes(&socket, Status::Closed).await;
    let expected = CloseInfo::new(4001, "enough", true);
    assert_eq!((within(told.recv()).await, socket.close_info().get()), (Some(expected.clone()), Some(expected)));
}

#[tokio::test]
async fn what_was_sent_goes_before_the_close() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url));
    let mut stream = within(upgrade(&listener)).await;
    becomes(&socket, Status::Open).await;
    socket.send(&"last words".to_owned()).unwrap();
    drop(socket);
    assert_eq!(within(frame(&mut stream)).await, (0x81, b"\"last words\"".to_vec()));
    assert_eq!(within(frame(&mut stream)).await, (CLOSE, vec![0x03, 0xE8]));
}

#[tokio::test]
async fn a_close_of_the_server_is_answered() {
    let (listener, url) = listen().await;
    let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
    let mut stream = within(upgrade(&listener)).await;
    stream.write_all(&[CLOSE, 6, 0x0F, 0xA1, b'd', b'o', b'n', b'e']).await.unwrap();
    assert_eq!(within(frame(&mut stream)).await, (CLOSE, [&[0x0F, 0xA1][..], b"done"].concat()));
    assert_eq!(lost(&socket).await, CloseInfo::new(4001, "done", true));
}

#[tokio::test]
async fn what_is_no_frame_is_objected_to() {
    for (bytes, code) in [
        (&[0x81, 0x80, 0, 0, 0, 0][..], 1002_u16),                 // masked
        (&[0x81, 0x01, 0xFF], 1007),                               // not UTF-8
        (&[0x82, 0x7F, 0, 0, 0, 0, 0x04, 0x00, 0x00, 0x01], 1009), // 64 MiB and a byte
    ] {
        let (listener, url) = listen().await;
        let socket = use_socket(ECHO, Options::to(url).max_retries(Some(0)));
        let mut stream = within(upgrade(&listener)).await;
        stream.write_all(bytes).await.unwrap();
        assert_eq!(within(frame(&mut stream)).await, (CLOSE, code.to_be_bytes().to_vec()));
        assert_eq!(lost(&socket).await, CloseInfo::lost());
    }
}

#[tokio::test]
async fn with_its_runtime_all_that_is_waited_for_ends() {
    let host = Host::start(echo()).await;
    let url = host.url();
    let (socket, mut messages, mut status) = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = use_socket(ECHO, Options::to(url));
            becomes(&socket, Status::Open).await;
            let (messages, status) = (socket.messages(), socket.status());
            (socket, messages, status)
        })
    })
    .join()
    .unwrap();
    assert_eq!(within(messages.recv()).await, None);
    while within(status.changed()).await {}
    assert_eq!((status.get(), socket.status().get()), (Status::Closed, Status::Closed));
}

#[tokio::test]
async fn a_runtime_that_ends_at_once_ends_it_too() {
    let (mut messages, socket) = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let _in_it = runtime.enter();
        let socket = use_socket(ECHO, Options::to("http://127.0.0.1:1"));
        (socket.messages(), socket)
    })
    .join()
    .unwrap();
    assert_eq!(within(messages.recv()).await, None);
    drop(socket);
}
