//! The types that pages have of apps: whether they are those in Rust, and whether the pages keep to them.

use std::path::PathBuf;

use crate::command::{cargo, command, run};
use crate::failure::Failure;
use crate::javascript::CLIENT;
use crate::workspace;

/// Who has a contract: the packages whose test `contract` holds its files to the types.
const CONTRACTS: &[&str] = &["irori-contract", "board", "chat"];

/// The pages that import one: folders with a `jsconfig.json`.
const PAGES: &[&str] = &["contract/tests/page", "examples/board/page", "examples/chat/page"];

/// Checks the contracts, then what pages do with them.
///
/// # Errors
///
/// When a type is not what a contract says, or a page does not keep to it.
pub(crate) fn check() -> Result<(), Failure> {
    run(cargo(&contracts()))?;
    check_pages()
}

/// Checks the pages alone; the contracts are among the tests of the workspace.
///
/// # Errors
///
/// When a page does not keep to its contract.
pub(crate) fn check_pages() -> Result<(), Failure> {
    let tsc = tsc()?;
    for page in PAGES {
        run(command("node", &[&tsc, "--project", &format!("{page}/jsconfig.json")]))?;
    }
    Ok(())
}

/// Writes the contracts anew.
///
/// # Errors
///
/// When one cannot be written down.
pub(crate) fn write() -> Result<(), Failure> {
    let mut test = cargo(&contracts());
    test.env("CONTRACT", "write");
    run(test)
}

fn contracts() -> Vec<&'static str> {
    let packages = CONTRACTS.iter().flat_map(|package| ["--package", package]);
    ["test"].into_iter().chain(packages).chain(["--test", "contract"]).collect()
}

/// The TypeScript that the client in JavaScript is checked with.
fn tsc() -> Result<String, Failure> {
    let folder = workspace::root().join(CLIENT.0);
    let tsc = folder.join(["node_modules", "typescript", "bin", "tsc"].iter().collect::<PathBuf>());
    if !tsc.exists() {
        CLIENT.install()?;
    }
    Ok(tsc.display().to_string())
}
