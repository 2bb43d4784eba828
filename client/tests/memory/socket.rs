//! Sockets.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use http::{HeaderName, HeaderValue};
use irori::{App, Rejection, Upgrade, define_socket, error::Failure};
use irori_client::{CloseInfo, Delivery, Endpoint, Options, Problem, Socket, SocketRef, Status, use_socket};
use irori_test::{Machine, TestServer};

use crate::settle;

const ECHO: SocketRef<u32, u32> = SocketRef::new("src/echo", "echo");

/// How connections ended, as the server saw it.
type Ends = Arc<Mutex<Vec<CloseInfo>>>;

/// An echo, and how its connections ended.
fn app() -> (App, Ends) {
    let ends = Ends::default();
    let echo = define_socket(ECHO, Arc::clone(&ends)).on_message(async |_, socket, number| {
        socket.send(&number)?;
        Ok(())
    });
    let echo = echo.on_close(async |ends: &Ends, _, end| {
        ends.lock().unwrap_or_else(PoisonError::into_inner).push(end.clone());
        Ok(())
    });
    (App::new().socket(ECHO, echo), ends)
}

/// A client of its own machine, open.
fn open(server: &TestServer, choose: impl FnOnce(Options<Machine>) -> Options<Machine>) -> (Socket<u32, u32>, Machine) {
    let machine = server.machine();
    let echo = use_socket(ECHO, choose(machine.options()));
    settle(server);
    assert_eq!(echo.status().get(), Status::Open);
    (echo, machine)
}

#[test]
fn the_last_handle_says_goodbye() {
    let (app, ends) = app();
    let server = TestServer::new(app);
    let (echo, _) = open(&server, |options| options);
    let (mut messages, mut status, clone) = (echo.messages(), echo.status(), echo.clone());
    drop(echo);
    settle(&server);
    assert_eq!((status.get(), messages.recv().now_or_never()), (Status::Open, None));

    drop(clone);
    settle(&server);
    assert_eq!(*ends.lock().unwrap(), [CloseInfo::new(1000, "", true)]);
    assert_eq!((messages.recv().now_or_never(), status.get()), (Some(None), Status::Closed));
    while status.changed().now_or_never() == Some(true) {}
    assert_eq!(status.changed().now_or_never(), Some(false), "nothing will change any more");
}

#[test]
fn listeners_are_called_in_order_until_they_are_dropped() {
    let server = TestServer::new(app().0);
    let (echo, _) = open(&server, |options| options);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = |name: &'static str| {
        let heard = Arc::clone(&heard);
        echo.on_message(move |number| heard.lock().unwrap().push((name, *number)))
    };
    let first = hear("first");
    let _faulty = echo.on_message(|_| panic!("a fault of the app's"));
    let _second = hear("second");
    [1, 2].iter().for_each(|number| assert_eq!(echo.send(number).unwrap(), Delivery::Sent));
    settle(&server);
    drop(first);
    echo.send(&3).unwrap();
    settle(&server);
    let expected = [("first", 1), ("second", 1), ("first", 2), ("second", 2), ("second", 3)];
    assert_eq!(*heard.lock().unwrap(), expected);
    assert_eq!(echo.last_message(), Some(3));
}

#[test]
fn a_reader_that_sleeps_is_told_what_it_missed() {
    let server = TestServer::new(app().0);
    let (echo, _) = open(&server, |options| options.inbox(2));
    let mut messages = echo.messages();
    (1..=5).for_each(|number| assert!(echo.send(&number).is_ok()));
    settle(&server);
    assert_eq!((messages.missed(), messages.missed()), (3, 0));
    assert_eq!([messages.try_recv(), messages.try_recv(), messages.try_recv()], [Some(4), Some(5), None]);
}

#[test]
fn an_outdated_client_is_told() {
    let server = TestServer::new(app().0.contract("new"));
    open(&server, |options| options);
    open(&server, |options| options.contract("new"));
    let machine = server.machine();
    let outdated = use_socket(ECHO, machine.options().contract("old"));
    server.advance(Duration::from_secs(60));
    assert_eq!((outdated.status().get(), machine.dials()), (Status::Closed, 1));
    assert_eq!(outdated.close_info().get(), Some(CloseInfo::new(4409, "contract", true)));
}

#[test]
fn a_guard_sees_what_the_address_says() {
    let app = app().0.guard(async |upgrade: &Upgrade| {
        let bearer = upgrade.header("authorization").is_some_and(|token| token == "Bearer a.b.c");
        let tenant = upgrade.query("tenant").as_deref() == Some("hearth & home");
        let version = upgrade.header("sec-websocket-protocol").is_some_and(|offer| offer == "v2, v1");
        let agent = upgrade.header("user-agent").is_some_and(|agent| agent == "tests");
        if bearer && tenant && version && agent { Ok(()) } else { Err(Rejection::Deny) }
    });
    let server = TestServer::new(app);
    let whole = |token: &str| {
        let agent = (HeaderName::from_static("user-agent"), HeaderValue::from_static("tests"));
        let endpoint = Endpoint::new("/").bearer(token).unwrap().query("tenant", "hearth & home");
        endpoint.protocol("v2").protocol("v1").header(agent.0, agent.1)
    };
    let allowed = use_socket(ECHO, Options::through_to(server.machine(), whole("a.b.c")));
    let denied = use_socket(ECHO, Options::through_to(server.machine(), whole("a.b.d")));
    settle(&server);
    assert_eq!((allowed.status().get(), denied.status().get()), (Status::Open, Status::Closed));
    assert_eq!(denied.close_info().get(), Some(CloseInfo::new(4403, "forbidden", true)));
}

#[test]
fn an_attempt_takes_ten_seconds_at_most() {
    let server = TestServer::new(app().0);
    let (echo, machine) = open(&server, |options| options.jitter(false));
    machine.hang();
    machine.cut();
    assert_eq!(echo.retry_in(), Some(Duration::from_millis(250)));
    server.advance(Duration::from_millis(250));
    assert_eq!((machine.dials(), echo.retry_in()), (2, None));
    server.advance(Duration::from_millis(9_999));
    assert_eq!((machine.dials(), echo.retry_in()), (2, None));
    server.advance(Duration::from_millis(1));
    assert_eq!((machine.dials(), echo.retry_in()), (2, Some(Duration::from_millis(500))));
    machine.plug();
    server.advance(Duration::from_millis(500));
    assert_eq!((machine.dials(), echo.status().get()), (3, Status::Open));
}

#[test]
fn a_drain_is_a_reason_to_come_back() {
    let (app, ends) = app();
    let server = TestServer::new(app);
    let (echo, machine) = open(&server, |options| options.jitter(false));
    server.drain();
    assert_eq!((echo.status().get(), machine.dials()), (Status::Reconnecting, 1));
    assert_eq!(echo.close_info().get(), Some(CloseInfo::new(1001, "going away", true)));
    assert_eq!(ends.lock().unwrap().len(), 1);

    // Nobody takes this one's place. After 250 ms, and 0.5, 1, 2 and 4 s, it gives up.
    server.advance(Duration::from_millis(7_750));
    assert_eq!((echo.status().get(), machine.dials()), (Status::Closed, 6));
    assert_eq!(echo.close_info().get(), Some(CloseInfo::lost()));
}

#[test]
fn a_full_queue_is_no_flood() {
    let failures = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&failures);
    let server =
        TestServer::new(app().0.on_error(move |failure: &Failure| told.lock().unwrap().push(failure.to_string())));
    let (echo, machine) = open(&server, |options| options);
    let mut messages = echo.messages();
    machine.unplug();
    for number in 0..128 {
        assert_eq!(echo.send(&number).unwrap(), Delivery::Queued);
    }
    assert!(echo.send(&128).is_err());
    machine.plug();
    server.advance(Duration::from_secs(1));
    let echoed: Vec<_> = std::iter::from_fn(|| messages.try_recv()).collect();
    assert_eq!(echoed, (0..128).collect::<Vec<_>>());
    assert_eq!(*failures.lock().unwrap(), [""; 0]);
}

#[test]
fn what_no_machine_takes_is_told_once() {
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let server = TestServer::new(app().0);
    let (echo, machine) = open(&server, |options| {
        options.on_problem(move |problem: &Problem| told.lock().unwrap().push(problem.to_string()))
    });
    machine.unplug();
    (0..3).for_each(|number| assert!(echo.send(&number).is_ok()));
    echo.close(1000, "").unwrap();
    settle(&server);
    assert_eq!(*problems.lock().unwrap(), ["3 messages were never sent"]);
    assert_eq!((echo.queued().get(), echo.status().get()), (0, Status::Closed));
}
