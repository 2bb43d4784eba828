//! A thousand clients come back to a server that was away: how many of them at once.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use irori::{
    App, SocketRef, Upgrade, define_socket,
    rt::{Now, Runtime},
};
use irori_client::{Options, Socket, Status, use_socket};
use irori_test::{
    Machine, TestServer,
    world::{MemoryRuntime, World},
};

const QUIET: SocketRef<(), ()> = SocketRef::new("src/quiet", "quiet");

const CLIENTS: usize = 1_000;

/// When upgrades came.
type Arrivals = Arc<Mutex<Vec<Now>>>;

#[test]
fn who_was_away_for_long_comes_back_over_half_a_minute() {
    let seconds = come_back(Duration::from_secs(60), |options| options);
    let (all, peak) = (seconds.iter().sum::<usize>(), *seconds.iter().max().unwrap());
    let average = all / seconds.len();
    assert_eq!(all, CLIENTS);
    assert!(seconds.len() <= 30, "nobody waits longer than `max_delay`: {seconds:?}");
    assert!(seconds.len() >= 20 && peak <= 2 * average, "{peak} in one second, {average} on average: {seconds:?}");
}

#[test]
fn without_jitter_all_come_at_once() {
    let seconds = come_back(Duration::from_secs(60), |options| options.jitter(false));
    assert_eq!(seconds.iter().max(), Some(&CLIENTS));
}

/// All are lost at once, for so long. How many came back in each second after that, up to the last of them.
fn come_back(away: Duration, choose: impl Fn(Options<Machine>) -> Options<Machine>) -> Vec<usize> {
    let (server, arrivals) = server();
    let machine = server.machine();
    let options = || choose(machine.options().max_retries(None));
    let clients: Vec<_> = (0..CLIENTS).map(|_| use_socket(QUIET, options())).collect();
    server.advance(Duration::ZERO);
    assert!(clients.iter().all(is_open));

    machine.unplug();
    server.advance(away);
    arrivals.lock().unwrap().clear();
    let back = server.runtime().now();
    machine.plug();
    server.advance(Duration::from_secs(120));
    assert!(clients.iter().all(is_open));

    let mut seconds = BTreeMap::new();
    for arrival in arrivals.lock().unwrap().iter() {
        *seconds.entry(arrival.since(back).as_secs()).or_default() += 1;
    }
    let last = seconds.keys().last().copied().unwrap_or_default();
    (0..=last).map(|second| seconds.get(&second).copied().unwrap_or_default()).collect()
}

fn server() -> (TestServer, Arrivals) {
    let (world, arrivals) = (World::new(), Arrivals::default());
    let door = (world.runtime(), Arc::clone(&arrivals));
    let app = App::new().socket(QUIET, define_socket(QUIET, ()));
    let app = app.guard_with(door, async |(runtime, arrivals): &(MemoryRuntime, Arrivals), _: &Upgrade| {
        arrivals.lock().unwrap().push(runtime.now());
        Ok(())
    });
    (TestServer::within(world, app), arrivals)
}

fn is_open(client: &Socket<(), ()>) -> bool {
    client.status().get() == Status::Open
}
