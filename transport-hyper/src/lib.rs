//! What every hyper 1 host of irori shares. For those who write adapters; apps never name it.
//!
//! An adapter translates with it and does nothing more:
//!
//! ```
//! use http::{Request, Response};
//! use hyper::body::Incoming;
//! use irori::{Upgrade, WebSocketHelper, helper::Admission};
//! use irori_hyper::{Handshake, TokioRuntime};
//!
//! struct Hyper;
//!
//! impl WebSocketHelper for Hyper {
//!     type Request = Request<Incoming>;
//!     type Pending = Handshake;
//!     type Response = Response<String>;
//!     type Runtime = TokioRuntime;
//!
//!     fn runtime(&self) -> &TokioRuntime {
//!         &TokioRuntime
//!     }
//!
//!     fn read(&self, request: Self::Request) -> (Upgrade, Handshake) {
//!         irori_hyper::read(request)
//!     }
//!
//!     fn respond(&self, _: Handshake, response: Response<String>) -> Self::Response {
//!         response
//!     }
//!
//!     async fn accept(&self, handshake: Handshake, admission: Admission) -> Self::Response {
//!         let (response, connection) = handshake.accept(admission, TokioRuntime);
//!         tokio::spawn(connection);
//!         response.map(|()| String::new())
//!     }
//! }
//! ```
//!
//! # Features
//!
//! - `http2`: WebSockets over HTTP/2 (RFC 8441). Off by default.

mod handshake;
mod serve;
mod stream;

mod decoder;
mod engine;
mod watch;

mod drain;

#[doc(inline)]
pub use irori_tokio::{TokioRuntime, TokioTimer};

pub use self::{
    drain::drain_on,
    handshake::{Handshake, read},
    stream::into_tcp,
};
