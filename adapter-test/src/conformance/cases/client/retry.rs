//! Between two connections: when the next try comes, and when none does any more.

use std::time::Duration;

use futures_util::future::join;
use http::Method;
use irori::{CloseInfo, rt::Runtime as _};
use irori_client::{Delivery, Options, SendError, Socket, Status, platform::Network, use_room, use_socket};
use serde_json::{Value, json};

use super::{CHAT, ECHO, NEVER, SOON, chat, later, lose, quick, reach};
use crate::conformance::{Capability, Kit, Machine, Profile, Server, case::cases};

cases! { "client":
    reconnects_with_backoff,
    jitter_within_bounds,
    tries_return_only_after_stable,
    gives_up_and_keeps_its_queue,
    network_back_tries_at_once,
    network_gone_is_a_loss,
    hanging_attempt_is_given_up,
    comes_back_after_a_drain [Drain],
}

async fn reconnects_with_backoff(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let options = machine.options().jitter(false).min_delay(SOON).max_delay(SOON * 3).max_retries(None);
    let echo = use_socket(ECHO, options);
    reach(&server, &echo.status(), Status::Open).await;
    let lost = machine.now();
    machine.unplug();
    server.in_time(machine.reach_attempts(5)).await;
    machine.plug();
    reach(&server, &echo.status(), Status::Open).await;

    let (waits, expected) = (machine.waits(lost), [SOON, SOON * 2, SOON * 3, SOON * 3, SOON * 3]);
    assert_eq!(waits.len(), expected.len());
    assert!(waits.iter().zip(expected).all(|(wait, least)| *wait >= least), "no try comes early: {waits:?}");
    if kit.can(Capability::VirtualTime) {
        assert_eq!(waits, expected);
    }
    assert_eq!(server.wait_for("echo.open", 2).await.len(), 2, "the server saw the first and the last");
}

async fn jitter_within_bounds(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let clients = open_all(&server, || machine.options().min_delay(NEVER).max_delay(NEVER)).await;
    machine.unplug();
    expect_spread(&server, &clients).await;

    // The first wait is short, and the second as long as one may be.
    let machine = server.machine();
    let clients = open_all(&server, || machine.options().min_delay(SOON).growth(1e12).max_delay(NEVER)).await;
    let lost = machine.now();
    machine.unplug();
    server.in_time(machine.reach_attempts(2 * clients.len())).await;
    if kit.can(Capability::VirtualTime) {
        assert!(machine.now().since(lost) < SOON, "everybody tried within the first wait");
    }
    expect_spread(&server, &clients).await;
}

/// Connects so many that chance alone does not put them all into one half.
async fn open_all(server: &Server, options: impl Fn() -> Options<Machine>) -> Vec<Socket<Value, Value>> {
    let clients: Vec<_> = (0..24).map(|_| use_socket(ECHO, options())).collect();
    for client in &clients {
        reach(server, &client.status(), Status::Open).await;
    }
    clients
}

/// Expects that each waits for its next try, within an hour and not in step.
async fn expect_spread(server: &Server, clients: &[Socket<Value, Value>]) {
    let mut waits = Vec::new();
    for client in clients {
        reach(server, &client.status(), Status::Reconnecting).await;
        waits.extend(client.retry_in());
    }
    let early = waits.iter().filter(|wait| **wait < NEVER / 2).count();
    assert!(waits.iter().all(|wait| *wait <= NEVER), "{waits:?}");
    assert!(waits.len() == clients.len() && early > 0 && early < waits.len(), "in step: {waits:?}");
}

async fn tries_return_only_after_stable(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let once = |stable| machine.options().jitter(false).min_delay(SOON).max_retries(Some(1)).stable_after(stable);
    let hasty = use_socket(ECHO, once(NEVER));
    come_and_go(&server, &machine, &hasty, Duration::ZERO).await;
    come_and_go(&server, &machine, &hasty, Duration::ZERO).await;
    assert_eq!((hasty.status().get(), machine.attempts()), (Status::Closed, 2), "its one try is used up");

    let steady = use_socket(ECHO, once(SOON));
    for _ in 0..3 {
        come_and_go(&server, &machine, &steady, SOON * 2).await;
        assert_eq!(steady.status().get(), Status::Reconnecting, "it was stable, and has its try");
    }
    if kit.can(Capability::VirtualTime) {
        for (stays, then) in [(SOON, Status::Reconnecting), (SOON - Duration::from_millis(1), Status::Closed)] {
            come_and_go(&server, &machine, &steady, stays).await;
            assert_eq!(steady.status().get(), then, "after {stays:?}");
        }
    }
}

/// Waits until a client is open, and for so long; then it is lost.
async fn come_and_go(server: &Server, machine: &Machine, client: &Socket<Value, Value>, stays: Duration) {
    reach(server, &client.status(), Status::Open).await;
    if !stays.is_zero() {
        server.sleep(stays).await;
    }
    lose(server, machine, &client.status()).await;
}

async fn gives_up_and_keeps_its_queue(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    machine.unplug();
    let echo = use_socket(ECHO, quick(&machine).max_retries(Some(2)));
    let mut messages = echo.messages();
    for number in 0..3 {
        assert_eq!(echo.send(&json!(number)).unwrap(), Delivery::Queued);
    }
    reach(&server, &echo.status(), Status::Closed).await;
    assert_eq!((machine.attempts(), echo.retry_in()), (3, None), "the first, and two tries");
    assert_eq!((echo.close_info().get(), echo.queued().get()), (Some(CloseInfo::lost()), 3));
    assert!(matches!(echo.send(&json!("one more")), Err(SendError::Closed)));
    later(&kit, &server).await;
    assert_eq!(machine.attempts(), 3);

    machine.plug();
    machine.tell(Network::Back);
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    for number in 0..3 {
        assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": number})));
    }
}

async fn network_back_tries_at_once(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, machine.options().jitter(false).min_delay(NEVER).max_delay(NEVER));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    lose(&server, &machine, &echo.status()).await;
    assert!(echo.retry_in().is_some_and(|wait| wait > NEVER / 2));
    machine.tell(Network::Back);
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    assert_eq!(machine.attempts(), 2);

    // Who is connected is left in peace.
    machine.tell(Network::Back);
    echo.send(&json!("still the same")).unwrap();
    assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": "still the same"})));
    assert_eq!((machine.attempts(), server.logged("echo.open").await.len()), (2, 2));
}

async fn network_gone_is_a_loss(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let echo = use_socket(ECHO, machine.options().jitter(false).min_delay(NEVER).max_delay(NEVER));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    machine.tell(Network::Gone);
    reach(&server, &echo.status(), Status::Reconnecting).await;
    assert_eq!(echo.close_info().get(), Some(CloseInfo::lost()));
    assert_eq!(echo.send(&json!("later")).unwrap(), Delivery::Queued, "nothing is sent into a dead connection");
    server.wait_for("echo.close", 1).await;

    machine.tell(Network::Back);
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": "later"})));
}

async fn hanging_attempt_is_given_up(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    machine.hang();
    let begin = machine.now();
    let echo = use_socket(ECHO, quick(&machine).jitter(false).connect_timeout(SOON * 2));
    server.in_time(machine.reach_attempts(1)).await;
    assert_eq!(echo.status().get(), Status::Connecting);
    server.in_time(machine.reach_attempts(3)).await;
    assert_eq!((echo.status().get(), echo.close_info().get()), (Status::Reconnecting, Some(CloseInfo::lost())));
    let waits = machine.waits(begin);
    assert!(waits.iter().sum::<Duration>() >= SOON * 6, "two timeouts, and a wait after each: {waits:?}");
    if kit.can(Capability::VirtualTime) {
        assert_eq!(waits, [SOON * 3; 2]);
    }
    echo.set_enabled(false);
    let patient = use_socket(ECHO, quick(&machine).connect_timeout(NEVER));
    server.in_time(machine.reach_attempts(4)).await;
    machine.plug();
    reach(&server, &patient.status(), Status::Open).await;
    server.round_trip().await;
    assert_eq!(server.wait_for("echo.open", 1).await.len(), 1, "no attempt that was given up got through");
}

async fn comes_back_after_a_drain(kit: Kit) {
    let (first, second) = (kit.start_with(Profile::QuickDrain).await, kit.start().await);
    let machine = first.machine();
    let room = use_room(CHAT, quick(&machine).key(chat("1")));
    room.set_presence(&json!({"typing": true})).unwrap();
    reach(&first, &room.status(), Status::Open).await;
    machine.move_to(&second);

    let told = async {
        reach(&first, &room.status(), Status::Reconnecting).await;
        room.close_info().get()
    };
    let (told, _) = first.in_time(join(told, first.request(Method::POST, "/drain", ""))).await;
    assert_eq!(told, Some(CloseInfo::new(1001, "going away", true)));
    reach(&second, &room.status(), Status::Open).await;
    second.wait_for("chat.join", 1).await;
    let mut roster = room.roster();
    let shown = roster.wait_for(|members| members.iter().any(|member| is_typing(&member.state)));
    assert_eq!(second.in_time(shown).await.map(|members| members.len()), Some(1));
    assert_eq!(first.logged("chat.leave").await.len(), 1);
}

fn is_typing(state: &Option<Value>) -> bool {
    state.as_ref().is_some_and(|state| state["typing"] == true)
}
