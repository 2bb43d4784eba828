//! irori on warp: the routes of an app as a [`Filter`](warp::Filter).
//!
//! ```no_run
//! use irori::{App, Events, Upgrade};
//! use warp::Filter;
//!
//! # async fn serve() {
//! let app = App::new().websocket("/echo", |_: &Upgrade| {
//!     Events::new().on_message(async |(), ws, message| {
//!         ws.send(message)?;
//!         Ok(())
//!     })
//! });
//! let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
//! warp::serve(irori_warp::routes(app).or(hello)).run(([127, 0, 0, 1], 3000)).await;
//! # }
//! ```
//!
//! - [`routes`] mounts an app; [`routes_with`] shows guards and `data` what another filter extracts.
//! - [`ws`] extracts a [`WebSocketUpgrade`], for handlers with checks of their own.
//! - [`drain_on`] says goodbye to every connection before warp stops.
//!
//! Connections over plain TCP send at once (`TCP_NODELAY`), which `warp::serve` does not see to; a listener of its own
//! kind, for TLS say, has to do that by itself.
//!
//! How large a request's head may be and how long it may take to come is warp's to say, and hyper's below it: `warp::serve`
//! waits for it without end. Put a proxy in front, or a hyper server of your own around [`warp::service`], where that
//! matters.
//!
//! WebSockets over HTTP/2 (RFC 8441) are not offered: `warp::serve` does not enable them.
//!
//! # Shutting down
//!
//! ```no_run
//! use irori::App;
//!
//! # async fn serve(listener: tokio::net::TcpListener) -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::new().build()?;
//! let routes = irori_warp::routes(app.clone());
//! let signal = async {
//!     // A failure to listen for the signal is one as well.
//!     let _ = tokio::signal::ctrl_c().await;
//! };
//! warp::serve(routes).incoming(listener).graceful(irori_warp::drain_on(&app, signal)).run().await;
//! # Ok(())
//! # }
//! ```

mod extract;
mod mount;
mod request;
mod upgrade;

#[doc(inline)]
pub use irori_hyper::drain_on;

pub use self::{
    extract::{WebSocketUpgrade, ws},
    mount::{routes, routes_with},
    request::request,
    upgrade::{Warp, upgrade_websocket},
};
