//! The conformance kit against the in-memory host that calls by event, and whose memory vanishes at all kinds of moments.

use std::process::ExitCode;

use irori_test::{
    Eviction,
    conformance::{EventHarness, run_modes},
};

fn main() -> ExitCode {
    run_modes([
        ("after every event", EventHarness(Eviction::AfterEveryEvent)),
        ("when asked", EventHarness(Eviction::WhenAsked)),
        ("at random, 1", EventHarness(Eviction::AtRandom(1))),
        ("at random, 2", EventHarness(Eviction::AtRandom(2))),
        ("at random, 3", EventHarness(Eviction::AtRandom(3))),
    ])
}
