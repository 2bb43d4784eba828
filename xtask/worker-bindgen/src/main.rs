//! Writes the JavaScript beside a Worker's wasm: `worker-bindgen WASM FOLDER`. `cargo xtask worker build` runs it. It is
//! no part of that, so that only those wait for its forty crates who build a Worker.
//!
//! Being of this workspace it has the version of `wasm-bindgen` that the Worker has: both ask for one exact version of
//! `wasm-bindgen-shared`, and a lock file holds only one.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let done = match args.as_slice() {
        [wasm, folder] => bind(Path::new(wasm), Path::new(folder)),
        _ => Err("usage: worker-bindgen WASM FOLDER".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker-bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `index.js`, `index_bg.wasm` and the snippets into the folder.
fn bind(wasm: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("index").typescript(false).module(true)?;
    // After a trap the instance is made anew; the entry module sees to its objects.
    bindgen.reset_state_function(true).force_enable_abort_handler(true);
    // Its alternate form carries the causes.
    bindgen.generate(folder).map_err(|error| format!("{error:#}"))?;

    // In workerd a plain import of wasm gives the module; it has no source phase imports.
    let glue = folder.join("index.js");
    let script = fs::read_to_string(&glue)?.replace("import source ", "import ");
    Ok(fs::write(&glue, script)?)
}
