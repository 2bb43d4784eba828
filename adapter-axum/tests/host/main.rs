//! What axum adds to the conformance suite: routers, the stream under a connection, shutdown. Over real TCP.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

mod client;

mod direct;
mod http2;
mod lifecycle;
mod message;
mod mount;
