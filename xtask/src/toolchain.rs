use std::path::Path;

use crate::command::{ask, command, run};
use crate::failure::Failure;

/// The target that stands for every host without an operating system.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Adds the [`WASM`] target to the toolchain, when it is not there already.
pub(crate) fn ensure_wasm() -> Result<(), Failure> {
    if has_target(WASM) {
        println!("   {WASM} is there");
        return Ok(());
    }
    run(command("rustup", &["target", "add", WASM]))
}

/// Asks the compiler, not rustup, so that a toolchain from elsewhere counts too.
fn has_target(target: &str) -> bool {
    ask(command("rustc", &["--print", "target-libdir", "--target", target]))
        .is_some_and(|libraries| Path::new(&libraries).is_dir())
}
