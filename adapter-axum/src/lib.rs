//! irori on axum: the routes of an app in any [`Router`](axum::Router).
//!
//! ```no_run
//! use irori::{App, Events, Upgrade};
//!
//! # async fn serve() -> std::io::Result<()> {
//! let app = App::new().websocket("/echo", |_: &Upgrade| {
//!     Events::new().on_message(async |(), ws, message| {
//!         ws.send(message)?;
//!         Ok(())
//!     })
//! });
//! let router = axum::Router::new().merge(irori_axum::routes(app));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, router).await
//! # }
//! ```
//!
//! - [`routes`] mounts an app; what middleware puts into a request's extensions is seen by guards and by `data`.
//! - [`WebSocketUpgrade`] upgrades inside a handler, after checks of its own.
//! - [`drain_on`] says goodbye to every connection before axum stops.
//!
//! A peer's address is known where axum knows it: serve the router with
//! [`into_make_service_with_connect_info::<SocketAddr>`](axum::Router::into_make_service_with_connect_info).
//!
//! Connections over plain TCP send at once (`TCP_NODELAY`); a listener of its own kind, for TLS say, has to see to that
//! by itself, with [`tap_io`](axum::serve::ListenerExt::tap_io).
//!
//! How large a request's head may be and how long it may take to come is axum's to say, and hyper's below it: `axum::serve`
//! waits for it without end. Put a proxy or a hyper server of your own in front where that matters.
//!
//! # Shutting down
//!
//! ```no_run
//! use irori::App;
//!
//! # async fn serve(listener: tokio::net::TcpListener) -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::new().build()?;
//! let router = irori_axum::routes(app.clone());
//! let signal = async {
//!     // A failure to listen for the signal is one as well.
//!     let _ = tokio::signal::ctrl_c().await;
//! };
//! axum::serve(listener, router.into_make_service())
//!     .with_graceful_shutdown(irori_axum::drain_on(&app, signal))
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `http2`: WebSockets over HTTP/2 (RFC 8441). Off by default.

mod extract;
mod mount;
mod path;
mod upgrade;

#[doc(inline)]
pub use irori_hyper::drain_on;

pub use self::{
    extract::WebSocketUpgrade,
    mount::routes,
    upgrade::{Axum, upgrade_websocket},
};

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
