use crate::build::Programs;
use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::page::{self, Page};
use crate::step::Steps;
use crate::worker::Workers;
use crate::{autobahn, browser, build, hosts, javascript, sizes, tidy, toolchain, types};

/// What runs without an operating system.
const WASM: &[&str] =
    &["irori", "irori-client", "irori-cloudflare", "board", "board-page", "board-worker", "echo-page", "suite-worker"];

/// Every test of the project, in order of cost, up to the first that fails.
pub(crate) fn everything() -> Result<(), Failure> {
    let (steps, _) = usual()?;
    steps.report();
    Ok(())
}

/// That, and the pages with a framework: hundreds of crates, for three files.
pub(crate) fn all() -> Result<(), Failure> {
    let (mut steps, programs) = usual()?;
    let frameworks = steps.run("frameworks", page::frameworks)?;
    steps.run("in browser", || browser::test_frameworks(&programs, &frameworks))?;
    steps.report();
    Ok(())
}

fn usual() -> Result<(Steps, Programs), Failure> {
    let mut steps = Steps::new();
    steps.run("toolchain", toolchain::ensure_wasm)?;
    steps.run("fmt", fmt)?;
    steps.run("tidy", tidy::check)?;
    steps.run("clippy", clippy)?;
    steps.run("wasm", wasm)?;
    let programs = steps.run("build", build::programs)?;
    let workers = steps.run("workers", Workers::build)?;
    steps.run("test", || run(cargo(&["test", "--workspace"])))?;
    steps.run("bare", bare)?;
    steps.run("hosts", hosts::check)?;
    steps.run("javascript", javascript::test)?;
    steps.run("types", types::check_pages)?;
    steps.run("workerd", || workers.test())?;
    steps.run("doc", doc)?;
    steps.run("sizes", sizes::check)?;
    steps.run("page", || Page::build("board-page").map(|page| println!("   {page}")))?;
    steps.run("browser", || browser::test(&programs, &workers))?;
    steps.run("autobahn", || autobahn::test(&programs))?;
    Ok((steps, programs))
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

/// The native client as it comes, without `wss:`, which others of the workspace have.
fn bare() -> Result<(), Failure> {
    run(cargo(&["test", "-p", "irori-client", "--test", "native"]))
}

fn fmt() -> Result<(), Failure> {
    run(cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Failure> {
    run(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Invariant 1: the core runs where there is no operating system. So do the Workers, the app of the board, and the client
/// in a page.
fn wasm() -> Result<(), Failure> {
    let mut clippy = cargo(&["clippy", "--lib", "--target", toolchain::WASM]);
    clippy.args(WASM.iter().map(|name| format!("-p{name}")));
    clippy.args(["--", "-D", "warnings"]);
    run(clippy)
}

fn doc() -> Result<(), Failure> {
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--lib"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)
}
