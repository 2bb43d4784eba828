//! irori on Cloudflare Workers: rooms and sockets in Durable Objects that hibernate.
//!
//! ```
//! // src/lib.rs of a `cdylib` that depends on `irori-cloudflare` and `worker`
//! use irori::{App, Events, Upgrade};
//!
//! irori_cloudflare::worker!(app);
//!
//! fn app() -> App {
//!     App::new().websocket("/echo", |_: &Upgrade| {
//!         Events::new().on_message(async |(), ws, message| {
//!             ws.send(message)?;
//!             Ok(())
//!         })
//!     })
//! }
//! # fn main() {}
//! ```
//!
//! ```jsonc
//! // wrangler.jsonc
//! "durable_objects": { "bindings": [{ "name": "IRORI", "class_name": "IroriObject" }] },
//! "migrations": [{ "tag": "v1", "new_sqlite_classes": ["IroriObject"] }]
//! ```
//!
//! - Guards, key params and `data` run in the Worker, before any object is contacted. A room lives in the object of its
//!   name, a socket in one of its own. Both hibernate: after ten idle seconds the object costs nothing, its sockets stay.
//! - What a connection must remember is kept with its socket: its data, which `data_mut` may change, its place in the room
//!   and what it shows. What a handler keeps elsewhere, in a field or a `static`, vanishes without a word; so do
//!   teardowns. [`TestServer::by_event`] finds such handlers out.
//! - Rooms can be reached from any request of the Worker: `IroriObject::app(&env)?.rooms()`.
//! - Raw routes live in the Worker that answered their upgrade, and end with it: an `on_close` that waits for something may
//!   not come to its end.
//! - A handle ([`Socket`](irori::connection::Socket)) reaches its connection from within the same object alone. What others
//!   are to hear goes through a room.
//! - When memory is lost while a hook runs, which is when the platform stops or restarts the Worker, the hook does not go on:
//!   its message is gone. An `on_open` or `on_join` that had not ended runs again.
//!
//! # What differs from other hosts
//!
//! The platform answers pings, sees whether a peer is there, and puts messages together, by rules of its own; so
//! `limits.liveness` (but for `idle`) and `limits.message.fragments` do not count. It never stops reading, and never says
//! that a peer reads slowly: `limits.inbox.backlog_messages` bounds what waits, and nothing bounds what waits to go out.
//! `limits.connections` counts what is in the Worker itself, raw routes and upgrades under way, per isolate; members are
//! counted per room, by `limits.room.members`; `limits.room.rooms` counts nothing.
//! [`BuiltApp::drain`](irori::BuiltApp::drain) closes nothing: there is no host that could end.
//!
//! # Panics
//!
//! With the default strategy, a panic resets the memory of every object in the isolate. Connections go on from what was
//! kept, as after hibernation; messages that waited behind a hook are gone. The one whose code panicked is closed with 1011,
//! at the latest with the next event of its object, and none of its hooks runs again. Built with `panic = "unwind"` a panic
//! ends its connection with 1011, as on any other host; not every program can be built so yet (Rust 1.95 writes invalid
//! `br_table`s into some, fewer at `opt-level = "s"`).
//!
//! # What is logged
//!
//! Warnings and errors go to the console, unless `#[event(start)]` has set a subscriber of `tracing`.
//!
//! # In a router of one's own
//!
//! [`object!`] defines the class alone; [`upgrade_websocket`] is what a route calls. In an axum router (`worker`'s `http` feature) the
//! state is the `Env`; `examples/suite-worker` is a whole one:
//!
//! ```
//! use axum::{extract::State, response::Response};
//! use irori::App;
//! use worker::Env;
//!
//! irori_cloudflare::object!(App::new);
//!
//! #[worker::send]
//! async fn sockets(State(env): State<Env>, request: axum::extract::Request) -> Response {
//!     let app = IroriObject::app(&env).expect("the app can be built");
//!     let upgrade_websocket = irori_cloudflare::upgrade_websocket(&env, "IRORI").serve(app);
//!     upgrade_websocket.route(request.map(drop)).await.map(Into::into)
//! }
//!
//! fn router(env: Env) -> axum::Router {
//!     let sockets = axum::routing::any(sockets);
//!     axum::Router::new().route("/__sockets", sockets.clone()).route("/__sockets/client.js", sockets).with_state(env)
//! }
//! # fn main() {}
//! ```
//!
//! [`TestServer::by_event`]: https://docs.rs/irori-test/latest/irori_test/struct.TestServer.html#method.by_event

mod app;
mod attachment;
mod console;
mod crash;
mod errand;
mod memory;
mod object;
mod objects;
mod runtime;
mod socket;
mod transport;
mod upgrade;

pub use self::{
    app::{AppCell, Make, MakeApp},
    object::Object,
    runtime::{WorkersRuntime, WorkersTimer},
    upgrade::{BINDING, Workers, upgrade_websocket},
};

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use http;
    pub use irori;
    pub use wasm_bindgen;
    pub use worker;
}

/// Makes an app a Worker: its `fetch` handler, and the class of its Durable Objects.
///
/// ```
/// use irori::App;
/// use worker::{Context, Env, HttpRequest, Response};
///
/// irori_cloudflare::worker!(App::new, fallback = site, object = Rooms, binding = "ROOMS");
///
/// async fn site(_: HttpRequest, _: Env, _: Context) -> worker::Result<Response> {
///     Response::ok("open two windows")
/// }
/// # fn main() {}
/// ```
///
/// All but the app may be left out; the object goes with its binding.
///
/// - `app` is a function `fn() -> App`, or `fn(&Env) -> App` when its handlers need bindings.
/// - `fallback` answers what is no path of the app's: `async fn(worker::HttpRequest, worker::Env, worker::Context) ->
///   worker::Result<worker::Response>`. Without one that is a 404.
/// - `object` names the class (`IroriObject`), `binding` how `wrangler.jsonc` binds it (`IRORI`).
///
/// The crate must depend on `worker`, to whose names its own macros expand.
#[macro_export]
macro_rules! worker {
    ($app:path $(, object = $object:ident, binding = $binding:literal)?) => {
        $crate::worker!($app, fallback = __irori_not_found $(, object = $object, binding = $binding)?);

        async fn __irori_not_found(
            _: $crate::__private::worker::HttpRequest,
            _: $crate::__private::worker::Env,
            _: $crate::__private::worker::Context,
        ) -> $crate::__private::worker::Result<$crate::__private::worker::Response> {
            $crate::__private::worker::Response::error("not found", 404)
        }
    };
    ($app:path, fallback = $fallback:path) => {
        $crate::worker!($app, fallback = $fallback, object = IroriObject, binding = "IRORI");
    };
    ($app:path, fallback = $fallback:path, object = $object:ident, binding = $binding:literal) => {
        $crate::object!($app, object = $object, binding = $binding);

        #[::worker::event(fetch)]
        async fn fetch(
            request: $crate::__private::worker::HttpRequest,
            env: $crate::__private::worker::Env,
            context: $crate::__private::worker::Context,
        ) -> $crate::__private::worker::Result<$crate::__private::worker::Response> {
            let app = $object::app(&env)?;
            if !app.serves(request.uri().path()) {
                return $fallback(request, env, context).await;
            }
            let upgrade = $crate::upgrade_websocket(&env, $binding).serve(app);
            let response = upgrade.route(request.map(drop)).await;
            $crate::__private::worker::response_to_wasm(response).map(Into::into)
        }
    };
}

/// Defines the class of the Durable Objects of an app, for a Worker with a `fetch` handler of its own.
///
/// ```
/// irori_cloudflare::object!(irori::App::new, object = Rooms, binding = "ROOMS");
/// # fn main() {}
/// ```
///
/// `IroriObject::app(&env)` is the app as the Worker has it: its rooms are reached in their objects.
#[macro_export]
macro_rules! object {
    ($app:path) => {
        $crate::object!($app, object = IroriObject, binding = "IRORI");
    };
    ($app:path, object = $object:ident, binding = $binding:literal) => {
        pub use __irori_object::$object;

        mod __irori_object {
            #[allow(unused_imports, reason = "the app may be named from here or from its root")]
            use super::*;
            use $crate::__private::{
                irori::BuiltApp,
                wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
                worker::{
                    Env, Result,
                    worker_sys::{DurableObjectState, web_sys},
                },
            };

            /// A Durable Object: the place of one room, or of one socket.
            #[wasm_bindgen(wasm_bindgen = $crate::__private::wasm_bindgen)]
            #[derive(Debug)]
            pub struct $object($crate::Object);

            impl $object {
                /// The app as the Worker has it, built when it is asked for the first time.
                ///
                /// # Errors
                ///
                /// With all that is wrong with the app, when it cannot be built.
                pub fn app(env: &Env) -> Result<BuiltApp> {
                    thread_local! {
                        static APP: $crate::AppCell = const { $crate::AppCell::new() };
                    }
                    APP.with(|cell| cell.app(env, $binding, $app))
                }
            }

            /// What the platform calls.
            #[wasm_bindgen(wasm_bindgen = $crate::__private::wasm_bindgen)]
            impl $object {
                /// The object comes to life.
                #[wasm_bindgen(constructor)]
                pub fn new(state: DurableObjectState, env: Env) -> Result<$object, JsValue> {
                    Ok(Self($crate::Object::new(&Self::app(&env)?, state)))
                }

                /// A request of a Worker.
                pub fn fetch(&self, request: web_sys::Request) -> JsValue {
                    self.0.fetch(request)
                }

                /// The time that was asked for.
                pub fn alarm(&self) -> JsValue {
                    self.0.alarm()
                }

                /// A message.
                #[wasm_bindgen(js_name = webSocketMessage)]
                pub fn web_socket_message(&self, socket: &web_sys::WebSocket, message: &JsValue) -> JsValue {
                    self.0.message(socket, message)
                }

                /// A close.
                #[wasm_bindgen(js_name = webSocketClose)]
                pub fn web_socket_close(
                    &self,
                    socket: &web_sys::WebSocket,
                    code: u16,
                    reason: &str,
                    was_clean: bool,
                ) -> JsValue {
                    self.0.close(socket, code, reason, was_clean)
                }

                /// A failure.
                #[wasm_bindgen(js_name = webSocketError)]
                pub fn web_socket_error(&self, socket: &web_sys::WebSocket, error: &JsValue) -> JsValue {
                    self.0.error(socket, error)
                }
            }
        }
    };
}
