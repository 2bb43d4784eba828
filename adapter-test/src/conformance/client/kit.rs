use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Method, Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Client, PATIENCE, dial::Dial};
use crate::conformance::{
    harness::{Capability, Harness, Host},
    machine::Machine,
    suite::{Pause, Profile, Suite},
    tasks::Tasks,
};

/// What a case is given: the means to start hosts.
pub(crate) struct Kit {
    harness: Arc<dyn Harness>,
    tasks: Tasks,
}

impl Kit {
    pub(crate) fn new(harness: Arc<dyn Harness>, tasks: Tasks) -> Self {
        Self { harness, tasks }
    }

    /// Whether the host is capable of something.
    pub(crate) fn can(&self, capability: Capability) -> bool {
        self.harness.capabilities().contains(&capability)
    }

    /// Starts the host.
    pub(crate) async fn start(&self) -> Server {
        self.start_with(Profile::Standard).await
    }

    /// Starts the host under other limits.
    pub(crate) async fn start_with(&self, profile: Profile) -> Server {
        let pause = self.harness.pause();
        let suite = Suite::new(profile, pause.clone());
        Server { host: self.harness.start(suite).await.into(), pause, tasks: self.tasks.clone() }
    }
}

/// A started host. Clones are the same one, which ends with the last of them.
#[derive(Clone)]
pub(crate) struct Server {
    host: Arc<dyn Host>,
    pause: Pause,
    tasks: Tasks,
}

impl Server {
    /// A client that asks for a target.
    pub(crate) fn dial(&self, target: impl Into<String>) -> Dial {
        Dial::new(Arc::clone(&self.host), target.into())
    }

    /// A machine for clients of `irori-client`, with a line of its own to this host.
    pub(crate) fn machine(&self) -> Machine {
        Machine::new(self.clone(), self.pause.clone(), self.tasks.clone())
    }

    /// A client of a socket of the suite.
    pub(crate) fn socket(&self, name: &str) -> Dial {
        self.dial(format!("/__sockets?m=demo%2Fmod&s={name}"))
    }

    /// A client of a room of the suite whose key is `roomId`.
    pub(crate) fn room(&self, name: &str, room_id: &str) -> Dial {
        self.keyed(name, &json!({"roomId": room_id}))
    }

    /// A client of a unit, with these key params.
    pub(crate) fn keyed(&self, name: &str, params: &Value) -> Dial {
        let r = encode(&params.to_string()).to_string();
        self.dial(format!("/__sockets?m=demo%2Fmod&s={name}&r={r}"))
    }

    /// Connects to a room and takes its snapshot: the client, and its id.
    pub(crate) async fn join(&self, name: &str, room_id: &str) -> (Client, String) {
        let mut client = self.room(name, room_id).connect().await;
        let (id, _) = client.expect_snapshot().await;
        (client, id)
    }

    /// Sends a plain request.
    pub(crate) async fn request(&self, method: Method, target: &str, body: impl Into<Bytes>) -> Response<Bytes> {
        let request = Request::builder().method(method).uri(target).body(body.into());
        match request {
            Ok(request) => self.host.request(request).await,
            Err(error) => panic!("{target} is no target: {error}"),
        }
    }

    /// What the suite's hooks have logged so far.
    pub(crate) async fn log(&self) -> Vec<Value> {
        let answer = self.request(Method::GET, "/log", Bytes::new()).await;
        serde_json::from_slice(answer.body()).unwrap_or_else(|error| panic!("{answer:?}: {error}"))
    }

    /// The names of the events logged so far.
    pub(crate) async fn events(&self) -> Vec<String> {
        self.log().await.iter().filter_map(|entry| Some(entry.get(0)?.as_str()?.to_owned())).collect()
    }

    /// The logged events of this name, so far.
    pub(crate) async fn logged(&self, event: &str) -> Vec<Value> {
        self.log().await.into_iter().filter(|entry| entry[0] == event).collect()
    }

    /// What the hooks of a unit have logged so far, by the second half of its name: `open` for `echo.open`.
    ///
    /// Teardowns are left out: they are closures, which not every host can keep ([`Capability::Memory`]).
    pub(crate) async fn story(&self, unit: &str) -> Vec<String> {
        let log = self.log().await;
        let names = log.iter().filter_map(|entry| entry[0].as_str()?.split_once('.'));
        names.filter(|(of, event)| *of == unit && *event != "teardown").map(|(_, event)| event.to_owned()).collect()
    }

    /// Waits until so many events of this name were logged, and gives them.
    ///
    /// # Panics
    ///
    /// When they do not come in time.
    pub(crate) async fn wait_for(&self, event: &str, count: usize) -> Vec<Value> {
        let target = format!("/log/{event}/{count}");
        match select(pin!(self.request(Method::GET, &target, Bytes::new())), self.host.sleep(PATIENCE)).await {
            Either::Left((answer, _)) => {
                serde_json::from_slice(answer.body()).unwrap_or_else(|error| panic!("{answer:?}: {error}"))
            }
            Either::Right(_) => panic!("expected {count} of {event}, but the log is {:?}", self.log().await),
        }
    }

    /// What a future gives, which is to come in time.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub(crate) async fn in_time<T>(&self, future: impl Future<Output = T>) -> T {
        match select(pin!(future), self.host.sleep(PATIENCE)).await {
            Either::Left((output, _)) => output,
            Either::Right(_) => panic!("nothing came within {PATIENCE:?}"),
        }
    }

    /// Lets go the hooks that a case holds back, now and from now on.
    pub(crate) async fn release(&self) {
        self.request(Method::POST, "/release", Bytes::new()).await;
    }

    /// Asks and is answered on a connection of its own: whatever the server had to do before is done.
    pub(crate) async fn round_trip(&self) {
        let mut client = self.dial("/echo").connect().await;
        client.send_text("marker").await;
        assert_eq!(client.recv_text().await, "marker");
    }

    /// Lets the host's memory vanish.
    pub(crate) async fn evict(&self) {
        self.host.evict().await;
    }

    /// Puts `new` in the place of `old` in what is kept with one socket of a chat room, and lets memory vanish.
    ///
    /// # Panics
    ///
    /// When `old` is not kept with exactly one.
    pub(crate) async fn rewrite(&self, room_id: &str, old: &str, new: &str) {
        let room = format!("demo/mod::chat chat/{room_id}");
        let room = room.parse().unwrap_or_else(|error| panic!("{room} is no room: {error}"));
        assert_eq!(self.host.rewrite(&room, old, new).await, 1, "{old} is kept with one socket");
    }

    /// Waits, on the clock of the host. For what takes its time by itself (a deadline), never for something to happen.
    pub(crate) async fn sleep(&self, duration: Duration) {
        self.host.sleep(duration).await;
    }
}

/// As a segment of a path, or a value of a query.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
