//! Clients in a browser: in a page, or in a worker of one.

mod connection;
mod global;
mod inbox;
mod listener;
mod network;
mod timer;

use futures_util::Stream;
use irori::rt::{BoxError, Now, Runtime};

pub use self::{connection::BrowserConnection, timer::BrowserTimer};
use crate::{
    endpoint::Request,
    platform::{Network, Platform},
};

/// Clients in a browser: its WebSocket, its timers, its randomness. In a worker too, which has no window.
///
/// A browser does less than a platform may:
///
/// - It sends no headers. An address that has some fails; use a query param or a subprotocol.
/// - It closes with 1000 and 3000-4999 only. What is closed with another code, such as 1001, is closed with 1000.
/// - It does not say why an attempt failed, not even to whom it belongs: its console knows.
///
/// An address without a host is that of the page's own: `Options::here()`.
///
/// A page that comes back into view, and a network that comes back, try at once what is waited for; a network that goes
/// takes the connection with it, before anything more is sent into it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Browser;

impl Runtime for Browser {
    type Timer = BrowserTimer;

    /// Of `performance.now()`: since the page, or the worker, began.
    fn now(&self) -> Now {
        global::now()
    }

    fn timer(&self) -> BrowserTimer {
        BrowserTimer::new()
    }

    fn random(&self) -> u128 {
        global::random()
    }
}

impl Platform for Browser {
    type Connection = BrowserConnection;

    async fn dial(&self, request: Request) -> Result<BrowserConnection, BoxError> {
        BrowserConnection::open(&request).await
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
    }

    fn network(&self) -> impl Stream<Item = Network> + 'static {
        network::listen()
    }
}
