//! What warp adds to the conformance suite: filters, the stream under a connection, shutdown. Over real TCP.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by a panic")]

mod client;

mod direct;
mod lifecycle;
mod mount;
