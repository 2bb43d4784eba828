//! What a Worker of ours costs, beside one in plain JavaScript: `cargo xtask bench worker`.

use std::fs;
use std::path::PathBuf;

use workerd::Workerd;

use super::build::{build, finish};
use super::wrangler::Wrangler;
use super::{Package, folder, start};
use crate::build::release;
use crate::command::{command, run};
use crate::failure::Failure;
use crate::folder::{empty, write};
use crate::workspace;

/// The Worker that a package is held against.
const PLAIN: &str = "bench/worker/plain";

/// Builds both, starts each in a process of its own, and lets `bench` measure them.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(super) fn bench(package: &Package) -> Result<(), Failure> {
    let ours = build(package)?;
    let plain = plain()?;
    let programs = release(&["bench"])?;
    let bench = programs.path("bench")?.to_string_lossy().into_owned();

    let [ours, plain] = [start(&ours, 0)?, start(&plain, 0)?];
    let [server, against] = [&ours, &plain].map(target);
    run(command(&bench, &["worker", "--server", &server, "--against", &against]))
}

/// Puts the Worker in plain JavaScript where workerd finds it. It needs no build.
fn plain() -> Result<PathBuf, Failure> {
    let source = workspace::root().join(PLAIN);
    let entry = fs::read_to_string(source.join("entry.mjs"));
    let entry = entry.map_err(|error| Failure::new(format!("{PLAIN}/entry.mjs: {error}")))?;
    let folder = folder("bench-plain");
    empty(&folder)?;
    write(&folder, "entry.mjs", &entry)?;
    finish(&folder, &Wrangler::read(&source)?)?;
    Ok(folder)
}

fn target(workerd: &Workerd) -> String {
    format!("{}@{}", workerd.id(), workerd.addr())
}
