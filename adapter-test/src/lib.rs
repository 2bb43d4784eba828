//! The in-memory host of irori, and what is tested with it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed expectation is a panic: this crate is for tests")]

mod client;
#[cfg(feature = "conformance")]
pub mod conformance;
mod host;
mod pipe;
mod server;
mod trace;
pub mod world;

pub use self::{
    client::TestClient,
    server::{Connect, TestServer},
};
