//! The conformance kit against the in-memory host.

use std::process::ExitCode;

use irori_test::conformance::{MemoryHarness, run};

fn main() -> ExitCode {
    run(MemoryHarness)
}
