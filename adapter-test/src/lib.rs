//! The in-memory host of irori, and what is tested with it.

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
