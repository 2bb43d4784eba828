//! The hosts on which every test of the app runs, in memory and virtual time.

use irori::App;
use irori_test::{Eviction, TestServer};

/// How a host serves an app.
type Serve = fn(App) -> TestServer;

const HOSTS: [(&str, Serve); 2] = [
    ("keeps connections in memory", TestServer::new),
    ("loses its memory after every event", |app| TestServer::by_event(app, Eviction::AfterEveryEvent)),
];

/// Runs a test of an app on a host that keeps connections in memory, and on one that cannot.
pub(crate) fn on_every_host(app: impl Fn() -> App, test: impl Fn(&TestServer)) {
    for (name, serve) in HOSTS {
        // Shown when the test fails.
        println!("on a host that {name}");
        test(&serve(app()));
    }
}
