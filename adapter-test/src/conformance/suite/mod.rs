//! The suite's app: what every host serves while the cases run.

mod counted;
mod faulty;
mod gate;
mod greeting;
mod guards;
mod herald;
mod http;
mod log;
mod outside;
mod pause;
mod profile;
mod raw;
mod resume;
mod room;
mod route;
mod salvo;
mod scripted;
mod socket;
mod tally;
mod warnings;

use irori::{App, BuiltApp, RoomRef, SocketRef, WsEvents, channel::NoKey};
use serde_json::{Value, json};

#[cfg(not(target_family = "wasm"))]
pub(super) use self::warnings::keep as keep_warnings;
use self::{
    counted::Counter,
    faulty::{Boom, FaultyRoom, FaultySocket},
    gate::Gate,
    greeting::{Greeted, greeted},
    herald::Herald,
    raw::{echo, sub},
    room::{Bare, Chat, Files, Line, SlowData, Typed},
    route::tell,
    salvo::Salvo,
    scripted::Script,
    socket::{Echo, HeldData, SlowOpen},
    tally::Tally,
};
pub use self::{
    greeting::Greeting,
    log::Log,
    pause::{Pause, PauseTimer},
    profile::{Profile, UnknownProfile},
};
use crate::conformance::suite::guards::{deny, fail, held, logged, panics, redirect};

/// The module key of every unit.
const MODULE: &str = "demo/mod";

/// The suite's app, what its hooks have logged, and the HTTP it answers beside its WebSockets.
#[derive(Clone, Debug)]
pub struct Suite {
    profile: Profile,
    app: BuiltApp,
    log: Log,
    gate: Gate,
    pause: Pause,
}

impl Suite {
    /// The suite, as a profile says.
    ///
    /// # Panics
    ///
    /// When the app cannot be built, which would be a fault of the kit.
    pub fn new(profile: Profile, pause: Pause) -> Self {
        // Natively the runner does, which is in the same process; here the suite is alone.
        #[cfg(target_family = "wasm")]
        warnings::keep();
        let (log, gate) = (Log::default(), Gate::new(pause.clone()));
        let failures = log.clone();
        let app = profile.app().on_error(move |failure| failures.failure(failure)).guard(logged("guard.app", &log));
        let app = rooms(sockets(routes(app, &log), &log, &pause), &log, &pause);
        let app = resume::extend(scripts(app, &log, &pause, &gate), profile, &log);
        match app.build() {
            Ok(app) => Self { profile, app, log, gate, pause },
            Err(error) => panic!("{error}"),
        }
    }

    /// How the suite is served: for a host in another process, which makes a suite of its own.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The app, for the adapter to serve.
    pub fn app(&self) -> &BuiltApp {
        &self.app
    }

    /// The same suite, with its app as the host makes it of this one: one whose rooms live in places of their own, say.
    pub fn with_app(self, app: BuiltApp) -> Self {
        Self { app, ..self }
    }

    /// The events of the direct form: those of `/echo`.
    pub fn direct_events(&self) -> impl WsEvents + use<> {
        raw::Echo::new(&self.log)
    }

    /// What the host is to attach to every request.
    pub fn greeting(&self) -> Greeting {
        Greeting::WELCOME
    }

    /// What the hooks have logged.
    pub fn log(&self) -> &Log {
        &self.log
    }
}

fn at<In, Out>(name: &'static str) -> SocketRef<In, Out> {
    SocketRef::new(MODULE, name)
}

fn room_at<K, In, Out, State>(name: &'static str) -> RoomRef<K, In, Out, State> {
    RoomRef::new(MODULE, name)
}

fn routes(app: App, log: &Log) -> App {
    app.websocket("/echo", echo(log))
        .websocket("/sub", sub)
        .websocket("/greeted", greeted)
        .websocket("/tell/:name", tell)
        .websocket("/seat/:row?", tell)
        .websocket("/files/:path*", tell)
        .websocket("/tree/:branch+", tell)
}

fn sockets(app: App, log: &Log, pause: &Pause) -> App {
    let faulty = |boom| FaultySocket { boom, log: log.clone() };
    app.socket(at("echo"), Echo { log: log.clone() })
        .socket(at("greeted"), Greeted { log: log.clone() })
        .scope("/denied", |scope| {
            scope.guard(deny).guard(logged("guard.second", log)).socket(at("denied"), faulty(Boom::None))
        })
        .scope("/redirected", |scope| scope.guard(redirect).socket(at("redirected"), faulty(Boom::None)))
        .scope("/guardboom", |scope| scope.guard(fail).socket(at("guardboom"), faulty(Boom::None)))
        .scope("/guardpanic", |scope| scope.guard(panics).socket(at("guardpanic"), faulty(Boom::None)))
        .scope("/scoped", |scope| {
            scope
                .guard(logged("guard.scope", log))
                .socket(at("scoped"), faulty(Boom::None))
                .room(room_at("scopedroom"), Bare { log: log.clone() })
                .websocket("/raw", echo(log))
        })
        .socket(at("databoom"), faulty(Boom::Data))
        .socket(at("datapanic"), faulty(Boom::DataPanic))
        .socket(at("datadenied"), faulty(Boom::DataDenied))
        .socket(at("bigdata"), faulty(Boom::BigData))
        .socket(at("openboom"), faulty(Boom::OpenKept))
        .socket(at("openfail"), faulty(Boom::Open))
        .socket(at("msgboom"), faulty(Boom::Message))
        .socket(at("panics"), faulty(Boom::Panic))
        .socket(at("hookpanic"), faulty(Boom::HookPanic))
        .socket(at("closepanic"), faulty(Boom::ClosePanic))
        .socket(at("strict"), faulty(Boom::Strict))
        .socket(at("slowopen"), SlowOpen { log: log.clone(), pause: pause.clone() })
        .socket(at("counter"), Counter)
}

fn rooms(app: App, log: &Log, pause: &Pause) -> App {
    let faulty = |boom| FaultyRoom { boom, log: log.clone() };
    app.room(room_at("chat"), Chat { log: log.clone() })
        .room(room_at("lounge"), Chat { log: log.clone() })
        .room(room_at("bare"), Bare { log: log.clone() })
        .scope("/deniedroom", |scope| scope.guard(deny).room(room_at("deniedroom"), Chat { log: log.clone() }))
        .room(room_at("slowdata"), SlowData { log: log.clone(), pause: pause.clone() })
        .room(room_at("databoomroom"), faulty::room_of_data(faulty(Boom::Data)))
        .room(room_at("joinboom"), faulty::room_of_join(faulty(Boom::Open)))
        .room(room_at("panicroom"), faulty::room_of_join(faulty(Boom::Panic)))
        .room(room_at("badstate"), faulty::BadState { log: log.clone() })
        .room(room_at("typed"), Typed)
        .room(room_at("rest"), Files { log: log.clone() })
        .room(room_at("line"), Line { log: log.clone() })
        .room(room_at("tally"), Tally { log: log.clone() })
        .room(room_at("herald"), Herald { log: log.clone() })
}

/// The units that do what a case tells them.
fn scripts(app: App, log: &Log, pause: &Pause, gate: &Gate) -> App {
    let socket = |boom| FaultySocket { boom, log: log.clone() };
    app.socket(at("script"), Script::new(log, pause, gate))
        .socket(at("helddata"), HeldData { log: log.clone(), gate: gate.clone() })
        .scope("/heldguard", |scope| scope.guard(held(log, gate)).socket(at("heldguard"), socket(Boom::None)))
        .room(room_at("salvo"), Salvo { log: log.clone(), gate: gate.clone() })
}

/// What a JSON value of a query or a header is, or null.
fn or_null(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |value| json!(value))
}

/// Sockets without key params.
type Plain = NoKey;
