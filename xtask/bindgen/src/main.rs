//! Writes the JavaScript beside a wasm: `bindgen worker WASM FOLDER` for workerd, `bindgen page WASM FOLDER` for browsers.
//! `cargo xtask worker build` and `cargo xtask page build` run it. It is no part of them, so that only those wait for its
//! forty crates who build such a thing.
//!
//! Being of this workspace it has the version of `wasm-bindgen` that the wasm has: both ask for one exact version of
//! `wasm-bindgen-shared`, and a lock file holds only one.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let done = match args.as_slice() {
        [what, wasm, folder] if what == "worker" => worker(Path::new(wasm), Path::new(folder)),
        [what, wasm, folder] if what == "page" => page(Path::new(wasm), Path::new(folder)),
        _ => Err("usage: bindgen worker|page WASM FOLDER".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `index.js`, `index_bg.wasm` and the snippets into the folder.
fn worker(wasm: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("index").typescript(false).module(true)?;
    // After a trap the instance is made anew; the entry module sees to its objects.
    bindgen.reset_state_function(true).force_enable_abort_handler(true);
    generate(&mut bindgen, folder)?;

    // In workerd a plain import of wasm gives the module; it has no source phase imports.
    let glue = folder.join("index.js");
    let script = fs::read_to_string(&glue)?.replace("import source ", "import ");
    Ok(fs::write(&glue, script)?)
}

/// Writes `page.js`, which loads `page_bg.wasm` from beside it, and the snippets into the folder.
fn page(wasm: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("page").typescript(false).web(true)?.omit_default_module_path(false);
    // What is said of names and tools is for those who debug, and is loaded by everyone.
    bindgen.remove_name_section(true).remove_producers_section(true);
    generate(&mut bindgen, folder)
}

fn generate(bindgen: &mut Bindgen, folder: &Path) -> Result<(), Box<dyn Error>> {
    // Its alternate form carries the causes.
    bindgen.generate(folder).map_err(|error| format!("{error:#}").into())
}
