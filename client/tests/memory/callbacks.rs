//! Code of the app that is called: it may ask its client, and may panic.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use futures_util::FutureExt;
use irori_client::{Problem, Socket, SocketRef, Status, use_socket};
use serde::{Deserialize, Deserializer};

use crate::{
    machines::Mortal,
    places::{ECHO, server},
    settle,
};

/// Ends the test when `run` waits for itself.
fn in_time(run: impl FnOnce() + Send + 'static) {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        run();
        tell.send(()).ok();
    });
    assert!(told.recv_timeout(Duration::from_secs(20)).is_ok(), "a deadlock");
}

#[test]
fn who_decides_about_a_try_may_ask_the_client() {
    in_time(|| {
        let server = server();
        let machine = server.machine();
        let slot: Arc<OnceLock<Socket<u32, u32>>> = Arc::default();
        let handle = Arc::clone(&slot);
        let few = move |_: &_| handle.get().is_some_and(|socket| socket.queued().get() < 100);
        let socket = use_socket(ECHO, machine.options().should_reconnect(few));
        slot.set(socket.clone()).unwrap();
        settle(&server);
        machine.cut();
        settle(&server);
        assert_ne!(socket.status().get(), Status::Closed);
    });
}

#[test]
fn who_panics_over_a_try_gets_none() {
    let server = server();
    let machine = server.machine();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let options = machine.options().should_reconnect(|_| panic!("a fault of the app's"));
    let options = options.on_problem(move |problem: &Problem| told.lock().unwrap().push(problem.to_string()));
    let socket = use_socket(ECHO, options);
    settle(&server);
    machine.cut();
    settle(&server);
    assert_eq!(socket.status().get(), Status::Closed);
    assert_eq!(*problems.lock().unwrap(), [Problem::Panicked.to_string()]);
}

/// A number that cannot be read when it is 13.
#[derive(Clone, Debug)]
struct Faulty(u32);

impl<'de> Deserialize<'de> for Faulty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        assert!(number != 13, "a fault of the app's");
        Ok(Self(number))
    }
}

#[test]
fn panics_over_a_message_are_told_and_cost_no_more_than_it() {
    const FAULTY: SocketRef<u32, Faulty> = SocketRef::new("src/echo", "echo");
    let server = server();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let tell = move |problem: &Problem| told.lock().unwrap().push(problem.to_string());
    let socket = use_socket(FAULTY, server.machine().options().on_problem(tell));
    let _listening = socket.on_message(|Faulty(number)| assert!(*number != 7, "another"));
    for number in [13, 7, 1] {
        socket.send(&number).unwrap();
    }
    let settled = catch_unwind(AssertUnwindSafe(|| settle(&server)));
    assert!(settled.is_ok());
    assert_eq!(socket.last_message().map(|Faulty(number)| number), Some(1));
    assert_eq!(*problems.lock().unwrap(), [Problem::Panicked.to_string(), Problem::Panicked.to_string()]);
}

/// A value that asks the client of its test when it is dropped.
#[derive(Clone, Debug, Deserialize)]
struct Asking(#[allow(dead_code, reason = "it is only there")] u32);

static ASKED: OnceLock<Socket<u32, Asking>> = OnceLock::new();

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(socket) = ASKED.get() {
            let _ = socket.status().get();
        }
    }
}

#[test]
fn messages_may_ask_the_client_when_they_are_dropped() {
    const ASKING: SocketRef<u32, Asking> = SocketRef::new("src/echo", "echo");
    in_time(|| {
        let server = server();
        let socket = use_socket(ASKING, server.machine().options().inbox(1));
        let _slow = socket.messages();
        ASKED.set(socket.clone()).unwrap();
        (1..=3).for_each(|number| assert!(socket.send(&number).is_ok()));
        settle(&server);
        assert_eq!(socket.last_message().map(|message| message.0), Some(3));
    });
}

/// What an executor does that polls where it is woken.
struct Asks(Socket<u32, u32>);

impl Wake for Asks {
    fn wake(self: Arc<Self>) {
        self.0.status().changed().now_or_never();
    }
}

#[test]
fn who_is_woken_by_the_end_may_ask_the_client() {
    in_time(|| {
        let server = server();
        let mortal = Mortal::new(server.machine());
        let socket = use_socket(ECHO, mortal.options());
        let waker = Waker::from(Arc::new(Asks(socket.clone())));
        let mut status = socket.status();
        let mut end = Box::pin(async move { while status.changed().await {} });
        assert!(end.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        mortal.end();
        assert!(end.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    });
}

#[test]
fn a_listener_that_another_stopped_is_called_no_more() {
    let server = server();
    let socket = use_socket(ECHO, server.machine().options());
    let second = Arc::new(Mutex::new(None));
    let stop = Arc::clone(&second);
    let _first = socket.on_message(move |_| drop(stop.lock().unwrap().take()));
    let called = Arc::new(AtomicBool::new(false));
    let call = Arc::clone(&called);
    *second.lock().unwrap() = Some(socket.on_message(move |_| call.store(true, Ordering::Relaxed)));
    socket.send(&1).unwrap();
    settle(&server);
    assert_eq!((called.load(Ordering::Relaxed), socket.last_message()), (false, Some(1)));
}

#[test]
fn a_listener_answers_by_a_handle_that_keeps_nothing_alive() {
    let server = server();
    let socket = use_socket(ECHO, server.machine().options());
    let reply = socket.downgrade();
    socket
        .on_message(move |number| {
            if let (0, Some(socket)) = (number, reply.upgrade()) {
                socket.send(&1).unwrap();
            }
        })
        .forever();
    socket.send(&0).unwrap();
    settle(&server);
    assert_eq!(socket.last_message(), Some(1));

    let (status, weak) = (socket.status(), socket.downgrade());
    drop(socket);
    settle(&server);
    assert_eq!((status.get(), weak.upgrade().is_none()), (Status::Closed, true));
}
