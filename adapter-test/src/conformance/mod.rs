//! The conformance kit: one app, a list of named cases, and what an adapter's author writes to run them.
//!
//! An adapter passes when every case that its host is capable of passes. A case names what it holds
//! (`theme::case`); the list of them is the contract of an adapter, and `--list` prints it.
//!
//! ```no_run
//! # fn harness() -> irori_test::conformance::MemoryHarness { irori_test::conformance::MemoryHarness }
//! // tests/conformance.rs of an adapter, with `harness = false` in its manifest
//! fn main() -> std::process::ExitCode {
//!     irori_test::conformance::run(harness())
//! }
//! ```

mod case;
mod cases;
mod client;
mod harness;
mod memory;
mod runner;
mod suite;
mod tcp;

pub use self::{
    case::Case,
    client::{Client, Dial, Kit, Roster, Server},
    harness::{Capability, Harness, Host, Peer, Upgraded},
    memory::MemoryHarness,
    runner::{all, run},
    suite::{Log, Pause, Profile, Suite},
    tcp::TcpHost,
};
