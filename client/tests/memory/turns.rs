//! A client leaves others their turn, whatever its server does.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use irori_client::{
    CloseInfo, Endpoint, Options, Status,
    platform::{BoxError, CloseFrame, Connection, Incoming, Message, Now, Platform, Request, Runtime, Text},
    use_socket,
};
use irori_test::{Machine, TestServer};

use crate::places::{ECHO, KEYED, board, server};

/// A machine that is connected to a server which takes everything and never stops talking.
#[derive(Clone)]
struct Endless {
    machine: Machine,
    tasks: Arc<Mutex<Vec<Task>>>,
    written: Arc<AtomicUsize>,
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Endless {
    fn new(server: &TestServer) -> Self {
        Self { machine: server.machine(), tasks: Arc::default(), written: Arc::default() }
    }

    fn options(&self) -> Options<Self> {
        Options::through_to(self.clone(), Endpoint::new("/"))
    }

    /// Polls each task once; how many are left.
    fn poll(&self) -> usize {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        tasks.retain_mut(|task| task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut all = self.tasks.lock().unwrap();
        all.append(&mut tasks);
        all.len()
    }
}

impl Runtime for Endless {
    type Timer = <Machine as Runtime>::Timer;

    fn now(&self) -> Now {
        self.machine.now()
    }

    fn timer(&self) -> Self::Timer {
        self.machine.timer()
    }

    fn random(&self) -> u128 {
        self.machine.random()
    }
}

impl Platform for Endless {
    type Connection = Talker;

    async fn dial(&self, _: Request) -> Result<Talker, BoxError> {
        Ok(Talker { written: Arc::clone(&self.written) })
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap().push(Box::pin(task));
    }
}

struct Talker {
    written: Arc<AtomicUsize>,
}

impl Connection for Talker {
    fn poll_recv(&mut self, _: &mut Context<'_>) -> Poll<Incoming> {
        Poll::Ready(Incoming::Message(Message::from("7".to_owned())))
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(&mut self, _: Text) {
        self.written.fetch_add(1, Ordering::Relaxed);
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn close(&mut self, _: &CloseFrame) {}
}

#[test]
fn a_burst_is_written_in_turns() {
    let server = server();
    let endless = Endless::new(&server);
    let socket = use_socket(ECHO, endless.options());
    endless.poll();
    assert_eq!(socket.status().get(), Status::Open);
    (0..1000).for_each(|number| assert!(socket.send(&number).is_ok()));
    endless.poll();
    let first = endless.written.load(Ordering::Relaxed);
    assert!((1..=100).contains(&first), "{first} in one turn");
    (0..100).for_each(|_| assert_eq!(endless.poll(), 1));
    assert_eq!(endless.written.load(Ordering::Relaxed), 1000);
}

#[test]
fn who_does_not_stop_talking_is_left_after_five_seconds() {
    let server = server();
    let endless = Endless::new(&server);
    let socket = use_socket(ECHO, endless.options());
    endless.poll();
    socket.close(1000, "").unwrap();
    endless.poll();
    server.advance(Duration::from_millis(4_999));
    endless.poll();
    assert_eq!(socket.status().get(), Status::Closing);
    server.advance(Duration::from_millis(1));
    endless.poll();
    assert_eq!((socket.status().get(), socket.close_info().get()), (Status::Closed, Some(CloseInfo::lost())));
}

#[test]
fn nobody_waits_for_long_for_the_end_of_what_was_left() {
    let server = server();
    let endless = Endless::new(&server);
    let keyed = use_socket(KEYED, endless.options().key(board("a")));
    endless.poll();
    keyed.set_key(&board("b"));
    endless.poll();
    assert_eq!(endless.poll(), 2, "the client, and what it left");
    server.advance(Duration::from_millis(4_999));
    assert_eq!(endless.poll(), 2);
    server.advance(Duration::from_millis(1));
    assert_eq!(endless.poll(), 1);
}
