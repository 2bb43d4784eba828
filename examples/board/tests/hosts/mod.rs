//! The hosts on which every test of the app runs, in memory and virtual time.

use irori::App;
use irori_test::{Eviction, TestServer};

/// Runs a test of an app on a host that keeps connections in memory, and on one that cannot.
pub(crate) fn on_every_host(app: impl Fn() -> App + Send + Sync + 'static, test: impl Fn(&TestServer)) {
    // Shown when the test fails.
    println!("on a host that keeps connections in memory");
    test(&TestServer::new(app()));
    println!("on a host that loses its memory after every event");
    test(&TestServer::by_event(app, Eviction::AfterEveryEvent));
}
