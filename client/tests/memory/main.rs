//! Clients and their server in one world, in virtual time.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod callbacks;
mod end;
mod machines;
mod past;
mod places;
mod room;
mod socket;
mod turns;

use std::time::Duration;

use irori_test::TestServer;

/// Lets happen what can happen now.
fn settle(server: &TestServer) {
    server.advance(Duration::ZERO);
}
