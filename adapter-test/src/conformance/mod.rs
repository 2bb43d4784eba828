//! The conformance kit: one app, a list of named cases, and what an adapter's author writes to run them.
//!
//! An adapter passes when every case that its host is capable of passes. A case names what it holds
//! (`theme::case`); the list of them is the contract of an adapter, and `--list` prints it. The kit itself is tested by
//! sabotage: `docs/sabotage.md` lists the faults that are planted in an adapter, each with the case that catches it. The
//! theme `client` connects with `irori-client` instead of the kit's own: it holds that the two belong together.
//!
//! # A harness
//!
//! This is the whole `tests/conformance.rs` of an adapter, which has `harness = false` in its manifest. Its host listens
//! on TCP and has no router: one function answers every request. With a router, the app's paths are mounted as ever, and
//! the rest is a route, a fallback and a middleware.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use async_trait::async_trait;
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use irori::{define_websocket_helper, rt::BoxFuture};
//! use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, run};
//! use my_adapter::MyAdapter;
//! use tokio::{net::TcpListener, task::JoinSet};
//!
//! # mod my_adapter {
//! #     use super::*;
//! #     use irori::{Upgrade, WebSocketHelper, helper::Admission};
//! #     use irori_test::world::{MemoryRuntime, World};
//! #     pub struct MyAdapter;
//! #     impl WebSocketHelper for MyAdapter {
//! #         type Request = Request<Bytes>;
//! #         type Pending = ();
//! #         type Response = Response<Bytes>;
//! #         type Runtime = MemoryRuntime;
//! #         fn runtime(&self) -> &MemoryRuntime { unreachable!() }
//! #         fn read(&self, _: Request<Bytes>) -> (Upgrade, ()) { unreachable!() }
//! #         fn respond(&self, (): (), _: Response<String>) -> Response<Bytes> { unreachable!() }
//! #         async fn accept(&self, (): (), _: Admission) -> Response<Bytes> { unreachable!() }
//! #     }
//! #     pub fn runtime() -> MemoryRuntime { World::new().runtime() }
//! #     pub async fn serve<F, A>(_: TcpListener, _: F)
//! #     where
//! #         F: Fn(Request<Bytes>) -> A,
//! #         A: Future<Output = Response<Bytes>> + Send,
//! #     {
//! #     }
//! # }
//! struct MyHost;
//!
//! #[async_trait]
//! impl Harness for MyHost {
//!     fn capabilities(&self) -> &'static [Capability] {
//!         use Capability::{Bytes, Census, Drain, Fragments, Handles, Http, Memory, RemoteAddr, Stall, Stream, Unwind};
//!         &[Fragments, Bytes, Http, RemoteAddr, Stall, Stream, Memory, Handles, Unwind, Census, Drain]
//!     }
//!
//!     fn block_on(&self, case: BoxFuture<'static, ()>) {
//!         let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
//!         runtime.expect("a runtime").block_on(case);
//!     }
//!
//!     fn pause(&self) -> Pause {
//!         Pause::of(my_adapter::runtime())
//!     }
//!
//!     async fn start(&self, suite: Suite) -> Box<dyn Host> {
//!         let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
//!         let addr = listener.local_addr().expect("an address");
//!         let mut server = JoinSet::new(); // ends with the host
//!         server.spawn(my_adapter::serve(listener, move |request| answer(request, suite.clone())));
//!         Box::new(TcpHost::new(addr, server))
//!     }
//! }
//!
//! async fn answer(mut request: Request<Bytes>, suite: Suite) -> Response<Bytes> {
//!     request.extensions_mut().insert(suite.greeting());
//!     let upgrade_websocket = define_websocket_helper(MyAdapter).serve(suite.app().clone());
//!     match request.uri().path() {
//!         "/direct" if request.headers().get("x-key").is_none_or(|key| key != "open") => {
//!             Response::builder().status(401).body(Bytes::new()).expect("an answer")
//!         }
//!         "/direct" => upgrade_websocket.direct(request, suite.direct_events()).await,
//!         path if suite.app().serves(path) => upgrade_websocket.route(request).await,
//!         _ => suite.answer(request).await,
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     run(MyHost)
//! }
//! ```

mod suite;

pub use self::suite::{Greeting, Log, Pause, PauseTimer, Profile, Suite, UnknownProfile};

// The cases run where there are processes and sockets; the suite, wherever its host is.
#[cfg(not(target_family = "wasm"))]
mod case;
#[cfg(not(target_family = "wasm"))]
mod cases;
#[cfg(not(target_family = "wasm"))]
mod client;
#[cfg(not(target_family = "wasm"))]
mod event;
#[cfg(not(target_family = "wasm"))]
mod harness;
#[cfg(not(target_family = "wasm"))]
mod machine;
#[cfg(not(target_family = "wasm"))]
mod memory;
#[cfg(not(target_family = "wasm"))]
mod runner;
#[cfg(not(target_family = "wasm"))]
mod stream;
#[cfg(not(target_family = "wasm"))]
mod tasks;
#[cfg(not(target_family = "wasm"))]
mod tcp;

#[cfg(not(target_family = "wasm"))]
pub use self::{
    case::Case,
    event::EventHarness,
    harness::{Capability, Harness, Host, Peer, Upgraded},
    memory::MemoryHarness,
    runner::{all, run, run_modes},
    stream::StreamPeer,
    tcp::TcpHost,
};

#[cfg(not(target_family = "wasm"))]
use self::{
    client::{Client, Dial, Kit, Roster, Server},
    machine::Machine,
};
