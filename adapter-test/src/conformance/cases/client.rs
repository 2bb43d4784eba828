//! The client, `irori-client`, over a line that is cut, hangs and comes back: what its user notices, and what the server and
//! the others saw of it.
//!
//! On a host that passes all the rest, what breaks these cases is a fault of the client's: they hold that it and the hosts
//! belong together. An adapter has no way to plant one, so each case was seen to fail with the client broken by hand; what
//! the client is without any host is held by the table `client/transitions.json`.

pub(super) mod connection;
pub(super) mod queue;
pub(super) mod retry;
pub(super) mod room;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use irori::{Channel, RoomRef, SocketRef};
use irori_client::{Options, Problem, Status, Watch};
use serde_json::Value;

use crate::conformance::{Capability, Kit, Machine, Server};

const MODULE: &str = "demo/mod";

const ECHO: SocketRef<Value, Value> = SocketRef::new(MODULE, "echo");
const CHAT: RoomRef<Chat, Value, Value, Value> = RoomRef::new(MODULE, "chat");

/// The key of `chat`.
#[derive(Channel)]
#[channel("chat/:roomId")]
struct Chat {
    room_id: String,
}

fn chat(room_id: &str) -> Chat {
    Chat { room_id: room_id.to_owned() }
}

/// A wait that is there, and costs little on a host whose clock is the wall's.
const SOON: Duration = Duration::from_millis(10);

/// A wait whose end no case sees.
const NEVER: Duration = Duration::from_secs(3_600);

/// Options of a client that comes back soon, for as long as it takes.
fn quick(machine: &Machine) -> Options<Machine> {
    machine.options().min_delay(SOON).max_delay(SOON).max_retries(None)
}

/// Waits until a client has this status.
async fn reach(server: &Server, status: &Watch<Status>, wanted: Status) {
    let mut changes = status.clone();
    let reached = server.in_time(changes.wait_for(|status| *status == wanted)).await;
    assert!(reached.is_some(), "expected {wanted}, but it is {}", status.get());
}

/// Waits until something is as it should be.
async fn see<T: PartialEq + fmt::Debug>(server: &Server, watch: &Watch<T>, wanted: T) {
    let mut changes = watch.clone();
    let seen = server.in_time(changes.wait_for(|value| *value == wanted)).await;
    assert!(seen.is_some(), "expected {wanted:?}, but it is {:?}", watch.get());
}

/// Where time is virtual, two hours pass: whatever a client still waits for comes.
async fn later(kit: &Kit, server: &Server) {
    if kit.can(Capability::VirtualTime) {
        server.sleep(NEVER * 2).await;
    }
}

/// Has the connections of a machine cut, and waits until a client knows.
async fn lose(server: &Server, machine: &Machine, status: &Watch<Status>) {
    machine.cut();
    let mut changes = status.clone();
    server.in_time(changes.wait_for(|status| *status != Status::Open)).await;
}

/// What happened to a client, in order.
struct Notes<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Notes<T> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn so_far(&self) -> Vec<T> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Notes<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Notes problems as they are told, but those of attempts.
fn note_problems(notes: &Notes<String>) -> impl Fn(&Problem) + Send + Sync + 'static {
    let notes = notes.clone();
    move |problem| {
        if !matches!(problem, Problem::Connect(_)) {
            notes.lock().push(problem.to_string());
        }
    }
}
