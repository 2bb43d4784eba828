//! The client that a case is about.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use irori::{
    Channel,
    channel::{KeyError, Params, Segment},
    wire::Maybe,
};
use irori_client::{
    CloseInfo, Delivery, Messages, Options, Problem, ReservedCode, Room, RoomRef, Said, SendError, Socket, SocketRef,
    platform::Network, use_room, use_socket,
};
use serde_json::{Value, json};

use crate::{
    names::{id, with_ids},
    puppet::Puppet,
};

const SOCKET: SocketRef<Value, Value, Key> = SocketRef::new("src/table", "socket");
const ROOM: RoomRef<Key, Value, Maybe<Value>, Value> = RoomRef::new("src/table", "room");

/// Any params.
struct Key(Params);

impl Channel for Key {
    const PATTERN: &'static str = "";
    const SEGMENTS: &'static [Segment<'static>] = &[];

    fn from_params(params: &Params) -> Result<Self, KeyError> {
        Ok(Self(params.clone()))
    }

    fn to_params(&self) -> Params {
        self.0.clone()
    }
}

fn key(json: Option<&Value>) -> Key {
    let mut params = Params::new();
    let given: BTreeMap<String, String> =
        json.map_or_else(BTreeMap::new, |json| serde_json::from_value(json.clone()).unwrap());
    given.iter().for_each(|(name, value)| params.set(name, value)); // in order, as a derived key has them
    Key(params)
}

pub(crate) struct Subject {
    puppet: Puppet,
    options: Value,
    room: bool,
    problems: Arc<Mutex<Vec<&'static str>>>,
    /// `None` before the start.
    client: Option<Client>,
}

enum Client {
    Socket(Socket<Value, Value, Key>, Messages<Value>),
    Room(Room<Key, Value, Maybe<Value>, Value>, Messages<Said<Maybe<Value>>>),
}

/// The same call to either.
macro_rules! either {
    ($client:expr, $handle:ident => $call:expr) => {
        match $client {
            Client::Socket($handle, _) => $call,
            Client::Room($handle, _) => $call,
        }
    };
}

impl Subject {
    pub(crate) fn new(options: &Value, room: bool) -> Self {
        let random = options.get("random").map_or_else(Vec::new, |list| serde_json::from_value(list.clone()).unwrap());
        let puppet = Puppet::new(random);
        Self { puppet, options: options.clone(), room, problems: Arc::default(), client: None }
    }

    fn start(&self) -> Client {
        let chosen = choose(&self.options, &self.puppet, &self.problems);
        if !self.room {
            let socket = use_socket(SOCKET, chosen);
            let messages = socket.messages();
            return Client::Socket(socket, messages);
        }
        let room = use_room(ROOM, chosen);
        if let Some(state) = self.options.get("presence") {
            room.set_presence(state).unwrap();
        }
        let messages = room.messages();
        Client::Room(room, messages)
    }

    pub(crate) fn is_started(&self) -> bool {
        self.client.is_some()
    }

    /// Takes a step; what it answered.
    pub(crate) fn take(&mut self, step: &Value) -> Value {
        match step["do"].as_str().unwrap() {
            "start" => self.client = Some(self.start()),
            "refuse_address" => self.puppet.refuse_address(),
            _ => {}
        }
        let (Some(client), puppet) = (&mut self.client, &self.puppet) else { return Value::Null };
        let text = |name: &str| step[name].as_str().unwrap_or_default();
        let mut answer = Value::Null;
        match step["do"].as_str().unwrap() {
            "start" | "refuse_address" => {}
            "opened" => puppet.open(),
            "lost" => puppet.end(CloseInfo::new(code(step), text("reason"), step["clean"].as_bool().unwrap())),
            "receive" if matches!(client, Client::Room(..)) => puppet.receive(with_ids(text("text"))),
            "receive" => puppet.receive(text("text").to_owned()),
            "advance" => puppet.world.advance(Duration::from_millis(step["ms"].as_u64().unwrap())),
            "send" => answer = said(either!(client, handle => handle.send(&step["message"]))),
            "close" => answer = refused(either!(client, handle => handle.close(code(step), text("reason")))),
            "enable" => either!(client, handle => handle.set_enabled(true)),
            "disable" => either!(client, handle => handle.set_enabled(false)),
            "key" => either!(client, handle => handle.set_key(&key(step.get("key")))),
            "greet" => greet(client, &step["greeting"]),
            "presence" => show(client, &step["state"]),
            "retry" => either!(client, handle => handle.retry_now()),
            "wake" => puppet.tell(Network::Back),
            "offline" => puppet.tell(Network::Gone),
            other => panic!("no step is called {other}"),
        }
        self.puppet.world.settle();
        answer
    }

    /// What is to be seen under this name of the table.
    pub(crate) fn see(&mut self, name: &str) -> Value {
        let (Some(client), puppet) = (&mut self.client, &self.puppet) else { return Value::Null };
        match name {
            "status" => json!(either!(client, handle => handle.status().get().to_string())),
            "dials" => json!(puppet.attempts()),
            "close_info" => either!(client, handle => handle.close_info().get()).map_or(Value::Null, close_info),
            "queued" => json!(either!(client, handle => handle.queued().get())),
            "timer" => json!(either!(client, handle => handle.retry_in()).map(|wait| wait.as_millis())),
            "wire" => json!(puppet.wire()),
            "closed_with" => puppet.closed_with(),
            "errors" => json!(std::mem::take(&mut *self.problems.lock().unwrap())),
            "messages" => messages(client),
            "self" | "members" | "states" => roster(client, name),
            other => panic!("nothing is called {other}"),
        }
    }
}

fn choose(options: &Value, puppet: &Puppet, problems: &Arc<Mutex<Vec<&'static str>>>) -> Options<Puppet, Key> {
    let (asked, problems) = (puppet.clone(), Arc::clone(problems));
    let mut chosen = Options::through(puppet.clone(), move || std::future::ready(asked.address())).jitter(false);
    let milliseconds = |value: &Value| Duration::from_millis(value.as_u64().unwrap());
    for (name, value) in options.as_object().unwrap() {
        chosen = match name.as_str() {
            "enabled" => chosen.enabled(value.as_bool().unwrap()),
            "maxRetries" => chosen.max_retries(value.as_u64().map(|most| most as u32)),
            "minDelay" => chosen.min_delay(milliseconds(value)),
            "maxDelay" => chosen.max_delay(milliseconds(value)),
            "growth" => chosen.growth(value.as_f64().unwrap()),
            "jitter" => chosen.jitter(value.as_bool().unwrap()),
            "stableAfter" => chosen.stable_after(milliseconds(value)),
            "connectTimeout" => chosen.connect_timeout(milliseconds(value)),
            "queue" => chosen.queue(value.as_u64().unwrap() as usize),
            "shouldReconnect" => {
                let codes: Vec<u16> = serde_json::from_value(value.clone()).unwrap();
                chosen.should_reconnect(move |info| codes.contains(&info.code.as_u16()))
            }
            "key" | "presence" | "random" => chosen,
            other => panic!("no option is called {other}"),
        };
    }
    chosen.key(key(options.get("key"))).on_problem(move |problem| {
        let kind = match problem {
            Problem::Malformed { .. } => "malformed",
            Problem::Unsent { .. } => "unsent",
            Problem::Address(_) => "address",
            _ => return, // an attempt that fails is seen by the status
        };
        problems.lock().unwrap().push(kind);
    })
}

fn code(step: &Value) -> u16 {
    step.get("code").map_or(1000, |code| code.as_u64().unwrap() as u16)
}

fn said(outcome: Result<Delivery, SendError>) -> Value {
    json!(match outcome {
        Ok(Delivery::Sent) => "sent",
        Ok(Delivery::Queued) => "queued",
        Err(SendError::QueueFull) => "full",
        Err(SendError::Closed) => "closed",
        Err(error) => panic!("{error}"),
    })
}

fn refused(outcome: Result<(), ReservedCode>) -> Value {
    outcome.map_or(json!("refused"), |()| Value::Null)
}

fn greet(client: &Client, greeting: &Value) {
    if let Client::Socket(socket, _) = client {
        socket.set_greeting(greeting.as_array().unwrap()).unwrap();
    }
}

fn show(client: &Client, state: &Value) {
    if let Client::Room(room, _) = client {
        room.set_presence(state).unwrap();
    }
}

fn close_info(info: CloseInfo) -> Value {
    json!({ "code": info.code.as_u16(), "reason": info.reason, "wasClean": info.was_clean })
}

fn messages(client: &mut Client) -> Value {
    let mut told = Vec::new();
    match client {
        Client::Socket(_, messages) => told.extend(std::iter::from_fn(|| messages.try_recv())),
        Client::Room(_, messages) => told.extend(std::iter::from_fn(|| {
            let Said { from, message } = messages.try_recv()?;
            let message = match message {
                Maybe::Present(message) => message,
                Maybe::Absent => Value::Null,
            };
            Some(json!([named(from), message]))
        })),
    }
    Value::Array(told)
}

fn roster(client: &Client, name: &str) -> Value {
    let Client::Room(room, _) = client else { return Value::Null };
    let members = room.members().get();
    match name {
        "self" => json!(room.own_id().get().map(named)),
        "members" => members.iter().map(|member| named(member.id)).collect(),
        _ => members.iter().map(|member| member.state.clone().unwrap_or_default()).collect(),
    }
}

/// What the table calls somebody.
fn named(found: irori_client::ConnectionId) -> String {
    const NAMES: [&str; 10] = ["me", "me2", "z", "a", "b", "c", "d", "constructor", "toString", "__proto__"];
    let known: BTreeMap<_, _> = NAMES.into_iter().map(|name| (id(name), name)).collect();
    known.get(&found).map_or_else(|| found.to_string(), |name| (*name).to_owned())
}
