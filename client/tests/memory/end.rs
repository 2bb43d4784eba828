//! Ends, and what waits for them.

use futures_util::{FutureExt, StreamExt};
use irori_client::{CloseInfo, Delivery, SendError, Status, use_socket};

use crate::{
    machines::Mortal,
    places::{ECHO, server},
    settle,
};

#[test]
fn a_runtime_that_ends_closes_its_clients() {
    let server = server();
    let mortal = Mortal::new(server.machine());
    let socket = use_socket(ECHO, mortal.options());
    for _ in 0..5 {
        mortal.poll();
        settle(&server);
    }
    let mut status = socket.status();
    assert_eq!((status.get(), socket.send(&1).unwrap()), (Status::Open, Delivery::Sent));

    mortal.end();
    assert_eq!(status.changed().now_or_never(), Some(true));
    assert_eq!((status.get(), socket.close_info().get()), (Status::Closed, Some(CloseInfo::lost())));
    assert_eq!(status.changed().now_or_never(), Some(false));
    socket.set_enabled(true);
    assert!(matches!(socket.send(&1), Err(SendError::Closed)));
    assert_eq!(socket.opened().now_or_never(), Some(Err(CloseInfo::lost())));
}

#[test]
fn a_task_that_never_ran_ends_all_that_waits() {
    let server = server();
    let mortal = Mortal::new(server.machine());
    let socket = use_socket(ECHO, mortal.options());
    let (mut messages, mut status) = (socket.messages(), socket.status());
    mortal.end();
    assert_eq!(messages.recv().now_or_never(), Some(None));
    assert_eq!(status.wait_for(|status| *status == Status::Open).now_or_never(), Some(None));
    let statuses: Vec<_> = socket.status().stream().collect().now_or_never().unwrap();
    assert_eq!(statuses, [Status::Closed]);
}

#[test]
fn it_is_waited_for_until_it_is_open_or_closed() {
    let server = server();
    let machine = server.machine();
    let socket = use_socket(ECHO, machine.options());
    assert_eq!((socket.opened().now_or_never(), socket.closed().now_or_never()), (None, None));
    settle(&server);
    assert_eq!((socket.opened().now_or_never(), socket.closed().now_or_never()), (Some(Ok(())), None));
    socket.close(4001, "enough").unwrap();
    assert_eq!(socket.closed().now_or_never(), None, "it is not answered yet");
    settle(&server);
    let end = CloseInfo::new(4001, "enough", true);
    assert_eq!(socket.closed().now_or_never(), Some(end.clone()));
    assert_eq!(socket.opened().now_or_never(), Some(Err(end)));

    machine.unplug();
    let hopeless = use_socket(ECHO, machine.options().max_retries(Some(0)));
    settle(&server);
    assert_eq!(hopeless.opened().now_or_never(), Some(Err(CloseInfo::lost())));
}

#[test]
fn a_stream_gives_each_value_once() {
    let server = server();
    let socket = use_socket(ECHO, server.machine().options());
    let mut stream = socket.status().stream();
    settle(&server);
    let seen: Vec<_> = std::iter::from_fn(|| stream.next().now_or_never().flatten()).collect();
    assert_eq!(seen, [Status::Open]);
    socket.set_enabled(false);
    settle(&server);
    assert_eq!((stream.next().now_or_never(), stream.next().now_or_never()), (Some(Some(Status::Closed)), None));
}
