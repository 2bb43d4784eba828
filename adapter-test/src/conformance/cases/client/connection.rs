//! A connection from its beginning to its end.

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use http::{HeaderName, HeaderValue};
use irori::{CloseInfo, SocketRef};
use irori_client::{Delivery, Endpoint, Options, SendError, Socket, Status, platform::Platform as _, use_socket};
use serde_json::{Value, json};

use super::{ECHO, MODULE, NEVER, Notes, SOON, later, lose, note_problems, quick, reach};
use crate::conformance::{Kit, Machine, Server, case::cases};

cases! { "client":
    statuses_in_order,
    stops_on_4403,
    stops_on_another_contract,
    stops_on_user_close,
    close_while_down_is_at_once,
    reserved_close_code_is_refused,
    last_handle_closes_1000,
    disabled_then_enabled,
    enabled_while_closing_connects_again,
    address_asked_each_time,
    address_is_used_whole,
    malformed_frame_dropped,
}

async fn statuses_in_order(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine));
    let (status, statuses) = (echo.status(), Notes::new());
    record(&machine, &echo, &statuses);
    assert_eq!((status.get(), echo.close_info().get()), (Status::Connecting, None));
    reach(&server, &status, Status::Open).await;
    assert_eq!(echo.close_info().get(), None);

    machine.hang();
    lose(&server, &machine, &status).await;
    assert_eq!((status.get(), echo.close_info().get()), (Status::Reconnecting, Some(CloseInfo::lost())));
    server.in_time(machine.reach_attempts(2)).await;
    assert_eq!(status.get(), Status::Reconnecting, "while it tries, too");
    machine.plug();
    reach(&server, &status, Status::Open).await;
    assert_eq!(echo.close_info().get(), None, "it is open again");

    echo.close(4321, "enough").unwrap();
    assert_eq!(status.get(), Status::Closing);
    reach(&server, &status, Status::Closed).await;
    let info = echo.close_info().get().unwrap();
    assert_eq!((info.code.as_u16(), info.was_clean), (4321, true));

    use Status::{Closed, Closing, Connecting, Open, Reconnecting};
    assert_eq!(statuses.so_far(), [Connecting, Open, Reconnecting, Open, Closing, Closed]);
    let mut codes: Vec<_> = server.wait_for("echo.close", 2).await.iter().map(|entry| entry[1].clone()).collect();
    codes.sort_by_key(Value::as_u64);
    assert_eq!(codes, [1006, 4321], "and the server saw both ends");
}

/// Notes every status of a client, beginning with the one that it has.
fn record(machine: &Machine, echo: &Socket<Value, Value>, statuses: &Notes<Status>) {
    let (mut status, statuses) = (echo.status(), statuses.clone());
    statuses.lock().push(status.get());
    machine.spawn(async move {
        while status.changed().await {
            let mut statuses = statuses.lock();
            let now = status.get(); // the same one, when a wait begins
            if statuses.last() != Some(&now) {
                statuses.push(now);
            }
        }
    });
}

async fn stops_on_4403(kit: Kit) {
    const DENIED: SocketRef<Value, Value> = SocketRef::new(MODULE, "denied");
    let server = kit.start().await;
    let machine = server.machine();
    let denied = use_socket(DENIED, quick(&machine));
    reach(&server, &denied.status(), Status::Closed).await;
    assert_eq!(denied.close_info().get(), Some(CloseInfo::new(4403, "forbidden", true)));
    expect_final(&kit, &server, &machine, &denied).await;
    assert_eq!(server.logged("guard.app").await.len(), 1, "nobody asked again");

    denied.set_enabled(true);
    assert_eq!((denied.status().get(), denied.close_info().get().is_some()), (Status::Connecting, true));
    reach(&server, &denied.status(), Status::Closed).await;
    assert_eq!(machine.attempts(), 2, "the app may ask again, and is denied again");
}

async fn stops_on_another_contract(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let outdated = use_socket(ECHO, quick(&machine).contract("deadbeef"));
    reach(&server, &outdated.status(), Status::Closed).await;
    assert_eq!(outdated.close_info().get(), Some(CloseInfo::new(4409, "contract", true)));
    expect_final(&kit, &server, &machine, &outdated).await;

    let same = use_socket(ECHO, quick(&machine).contract("c0ffee"));
    let mut messages = same.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
}

async fn stops_on_user_close(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine).should_reconnect(|_| true));
    reach(&server, &echo.status(), Status::Open).await;
    echo.close(4000, "enough").unwrap();
    assert!(matches!(echo.send(&json!("too late")), Err(SendError::Closed)));
    reach(&server, &echo.status(), Status::Closed).await;
    expect_final(&kit, &server, &machine, &echo).await;
    let data = json!({"ua": null, "params": {}});
    assert_eq!(server.wait_for("echo.close", 1).await, [json!(["echo.close", 4000, "enough", true, data])]);
    assert_eq!(server.logged("echo.message").await, [Value::Null; 0]);
}

async fn close_while_down_is_at_once(kit: Kit) {
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    let echo = use_socket(ECHO, quick(&machine).min_delay(NEVER).on_problem(note_problems(&problems)));
    reach(&server, &echo.status(), Status::Open).await;
    lose(&server, &machine, &echo.status()).await;
    for number in 0..3 {
        assert_eq!(echo.send(&json!(number)).unwrap(), Delivery::Queued);
    }
    echo.close(1000, "").unwrap();
    assert_eq!((echo.status().get(), echo.queued().get()), (Status::Closed, 0));
    assert_eq!(echo.close_info().get(), Some(CloseInfo::lost()), "it tells how the last connection ended");
    server.round_trip().await;
    assert_eq!(problems.so_far(), ["3 messages were never sent"]);
    expect_final(&kit, &server, &machine, &echo).await;
}

async fn reserved_close_code_is_refused(kit: Kit) {
    let server = kit.start().await;
    let echo = use_socket(ECHO, quick(&server.machine()));
    reach(&server, &echo.status(), Status::Open).await;
    for code in [0, 999, 1001, 1005, 1006, 1011, 2999, 5000] {
        assert!(echo.close(code, "").is_err(), "{code} is not an app's to send");
    }
    assert_eq!(echo.status().get(), Status::Open);
    echo.close(3000, "ü".repeat(100).as_str()).unwrap();
    reach(&server, &echo.status(), Status::Closed).await;
    let told = server.wait_for("echo.close", 1).await;
    assert_eq!((&told[0][1], &told[0][2]), (&json!(3000), &json!("ü".repeat(61))), "cut at a character");
}

async fn last_handle_closes_1000(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine));
    let (status, mut messages, other) = (echo.status(), echo.messages(), echo.clone());
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    drop(echo);
    other.send(&json!("still here")).unwrap();
    assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": "still here"})));
    drop(other);
    assert_eq!(server.in_time(messages.recv()).await, None, "the stream ends");
    assert_eq!(status.get(), Status::Closed);
    let told = server.wait_for("echo.close", 1).await;
    assert_eq!((&told[0][1], &told[0][3]), (&json!(1000), &json!(true)));
}

async fn disabled_then_enabled(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine).enabled(false));
    server.round_trip().await;
    assert_eq!((echo.status().get(), machine.attempts()), (Status::Closed, 0));
    assert!(matches!(echo.send(&json!("to nobody")), Err(SendError::Closed)));

    for times in 1..=2 {
        echo.set_enabled(true);
        assert_eq!(echo.status().get(), Status::Connecting);
        assert_eq!(echo.send(&json!(times)).unwrap(), Delivery::Queued);
        let mut messages = echo.messages();
        reach(&server, &echo.status(), Status::Open).await;
        assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
        assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": times})));

        echo.set_enabled(false);
        assert_eq!(echo.status().get(), Status::Closing);
        reach(&server, &echo.status(), Status::Closed).await;
        assert_eq!(machine.attempts(), times);
    }
    let told = server.wait_for("echo.close", 2).await;
    assert!(told.iter().all(|entry| entry[1] == 1000 && entry[3] == true), "{told:?}");
    expect_final(&kit, &server, &machine, &echo).await;
}

async fn enabled_while_closing_connects_again(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    echo.set_enabled(false);
    echo.set_enabled(true);
    assert_eq!(echo.status().get(), Status::Closing, "until the close is answered");
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    assert_eq!((echo.status().get(), machine.attempts()), (Status::Open, 2));
    assert_eq!(server.wait_for("echo.close", 1).await[0][1], 1000);
}

async fn address_asked_each_time(kit: Kit) {
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    let asked = Arc::new(AtomicUsize::new(0));
    // A token that is another one each time, and the second time cannot be had.
    let address = move || {
        ready(match asked.fetch_add(1, Ordering::Relaxed) + 1 {
            2 => Err("no token today".into()),
            time => token(time).map(|token| Endpoint::new("/").header(HeaderName::from_static("x-test"), token)),
        })
    };
    let options = Options::through(machine.clone(), address).min_delay(SOON).max_retries(None);
    let echo = use_socket(ECHO, options.on_problem(note_problems(&problems)));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["data"]["ua"], "token 1");
    machine.cut();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["data"]["ua"], "token 3");
    assert_eq!(problems.so_far(), ["no address: no token today"]);
    machine.cut();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["data"]["ua"], "token 4");
}

fn token(time: usize) -> Result<HeaderValue, irori::rt::BoxError> {
    Ok(HeaderValue::try_from(format!("token {time}"))?)
}

async fn address_is_used_whole(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let at = |endpoint: Endpoint| use_socket(ECHO, Options::through_to(machine.clone(), endpoint));
    let raw = at(Endpoint::new("/echo?v=1").query("token", "a+b&c"));
    reach(&server, &raw.status(), Status::Open).await;
    let url = server.wait_for("raw.open", 1).await[0][1].as_str().unwrap_or_default().to_owned();
    assert!(url.ends_with("/echo?m=demo%2Fmod&s=echo&token=a%2Bb%26c&v=1"), "{url}");

    let sub = at(Endpoint::new("/sub").protocol("unheard.of").protocol("irori.v1"));
    assert_eq!(server.in_time(sub.messages().recv()).await, Some(json!({"protocol": "irori.v1"})));
}

async fn malformed_frame_dropped(kit: Kit) {
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    // The raw echo says what it is sent, and this client expects numbers alone.
    const NUMBERS: SocketRef<Value, u32> = SocketRef::new(MODULE, "echo");
    let options = Options::through_to(machine.clone(), "/echo").on_problem(note_problems(&problems));
    let numbers = use_socket(NUMBERS, options);
    let mut messages = numbers.messages();
    for message in [json!(1), json!("two"), json!(null), json!(4)] {
        numbers.send(&message).unwrap();
    }
    assert_eq!([server.in_time(messages.recv()).await, server.in_time(messages.recv()).await], [Some(1), Some(4)]);
    assert_eq!(problems.so_far().len(), 2, "{:?}", problems.so_far());

    for garbage in ["", "{", "5 6", "nine"] {
        machine.slip_in(garbage);
    }
    machine.slip_in(vec![0xff]);
    numbers.send(&json!(7)).unwrap();
    assert_eq!(server.in_time(messages.recv()).await, Some(7));
    let problems = problems.so_far();
    assert!(problems.len() == 7 && problems.iter().all(|problem| problem.contains("malformed")), "{problems:?}");
    assert_eq!((numbers.status().get(), numbers.last_message()), (Status::Open, Some(7)), "the connection lives");
}

/// Expects that a client has stopped for good: it waits for nothing, takes nothing, and where that can be seen has not come
/// back an hour later.
async fn expect_final(kit: &Kit, server: &Server, machine: &Machine, client: &Socket<Value, Value>) {
    assert_eq!((client.status().get(), client.retry_in(), client.queued().get()), (Status::Closed, None, 0));
    assert!(matches!(client.send(&json!("anybody?")), Err(SendError::Closed)));
    let before = machine.attempts();
    later(kit, server).await;
    assert_eq!((client.status().get(), machine.attempts()), (Status::Closed, before));
}
