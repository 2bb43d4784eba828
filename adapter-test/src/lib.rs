#![doc = include_str!("../docs/book.md")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed expectation is a panic: this crate is for tests")]

mod client;
#[cfg(feature = "conformance")]
pub mod conformance;
mod connect;
mod host;
mod pipe;
mod server;
#[cfg(test)]
mod tests;
mod trace;
pub mod world;

pub use self::{
    client::{Snapshot, TestClient},
    connect::Connect,
    server::TestServer,
};
