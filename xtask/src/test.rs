use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::step::Steps;
use crate::worker::Workers;
use crate::{autobahn, browser, build, hosts, tidy, toolchain};

/// Every test of the project, in order of cost, up to the first that fails.
pub(crate) fn everything() -> Result<(), Failure> {
    let mut steps = Steps::new();
    steps.run("toolchain", toolchain::ensure_wasm)?;
    steps.run("fmt", fmt)?;
    steps.run("tidy", tidy::check)?;
    steps.run("clippy", clippy)?;
    steps.run("wasm", wasm)?;
    let programs = steps.run("build", build::programs)?;
    let workers = steps.run("workers", Workers::build)?;
    steps.run("test", || run(cargo(&["test", "--workspace"])))?;
    steps.run("hosts", hosts::check)?;
    steps.run("workerd", || workers.test())?;
    steps.run("doc", doc)?;
    steps.run("browser", || browser::test(&programs, &workers))?;
    steps.run("autobahn", || autobahn::test(&programs))?;
    steps.report();
    Ok(())
}

/// The inner loop. Clippy comes last: while code moves, a failed test says more than a lint.
pub(crate) fn quick() -> Result<(), Failure> {
    let mut steps = Steps::new();
    steps.run("fmt", fmt)?;
    steps.run("tidy", tidy::check)?;
    steps.run("test", || run(cargo(&["test", "--workspace", "--lib", "--tests"])))?;
    steps.run("clippy", clippy)?;
    steps.report();
    Ok(())
}

fn fmt() -> Result<(), Failure> {
    run(cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Failure> {
    run(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Invariant 1: the core runs where there is no operating system. So do the Workers, and the app of the board.
fn wasm() -> Result<(), Failure> {
    let mut clippy = cargo(&["clippy", "--lib", "--target", toolchain::WASM]);
    clippy.args(["irori", "board", "irori-cloudflare", "board-worker", "suite-worker"].map(|name| format!("-p{name}")));
    clippy.args(["--", "-D", "warnings"]);
    run(clippy)
}

fn doc() -> Result<(), Failure> {
    let mut doc = cargo(&["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)
}
