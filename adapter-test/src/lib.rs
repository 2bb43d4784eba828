#![doc = include_str!("../docs/book.md")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed expectation is a panic: this crate is for tests")]

#[cfg(feature = "conformance")]
pub mod conformance;

#[cfg(not(target_family = "wasm"))]
mod client;
#[cfg(not(target_family = "wasm"))]
mod connect;
#[cfg(not(target_family = "wasm"))]
mod event;
#[cfg(not(target_family = "wasm"))]
mod host;
#[cfg(not(target_family = "wasm"))]
mod pipe;
#[cfg(not(target_family = "wasm"))]
mod platform;
#[cfg(not(target_family = "wasm"))]
mod server;
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
#[cfg(not(target_family = "wasm"))]
mod trace;
#[cfg(not(target_family = "wasm"))]
pub mod world;

#[cfg(not(target_family = "wasm"))]
pub use self::{
    client::{Snapshot, TestClient},
    connect::Connect,
    event::Eviction,
    platform::{Machine, MemoryConnection},
    server::TestServer,
};
