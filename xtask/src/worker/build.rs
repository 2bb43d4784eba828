//! From a package to a folder that workerd can serve.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Package;
use super::wrangler::Wrangler;
use super::{config, folder};
use crate::command::{ask, cargo, command, run};
use crate::failure::Failure;
use crate::folder::{at, empty, write};
use crate::library::Library;
use crate::toolchain;
use crate::workspace;

/// The module that workerd calls. The classes of Durable Objects are added to it.
const ENTRY: &str = include_str!("entry.mjs");
const EVICT: &str = include_str!("evict.mjs");

/// Builds a package and writes what workerd needs: `entry.mjs`, `index.js`, `index_bg.wasm`, snippets, `config.capnp`.
///
/// # Errors
///
/// When it is no `cdylib`, does not compile, or has no `wrangler.jsonc`.
pub(super) fn build(package: &Package) -> Result<PathBuf, Failure> {
    toolchain::ensure_wasm()?;
    let library = compile(package)?;
    let wrangler = Wrangler::read(&library.package)?;

    let folder = folder(&package.to_string());
    empty(&folder)?;
    library.bind("worker", &folder)?;
    write(&folder, "entry.mjs", &entry(&wrangler))?;
    finish(&folder, &wrangler)?;
    Ok(folder)
}

/// Writes what tells workerd of the modules in a folder.
///
/// # Errors
///
/// When it cannot be written.
pub(super) fn finish(folder: &Path, wrangler: &Wrangler) -> Result<(), Failure> {
    let mut modules = vec!["entry.mjs".to_owned()];
    list_modules(folder, "", &mut modules).map_err(|error| at(folder, &error))?;
    write(folder, "evict.mjs", EVICT)?;
    write(folder, "vars.json", &json!(wrangler.vars).to_string())?;
    write(folder, "config.capnp", &config::text(wrangler, &modules))
}

fn compile(package: &Package) -> Result<Library, Failure> {
    let mut args = vec!["build", "--release", "--package", &package.name];
    if package.unwind {
        ensure_source()?;
        args.extend(["-Z", "build-std=std,panic_unwind"]);
    }
    let mut cargo = cargo(&args);
    // All of it is sent to every place it runs at, and is compiled there: small is fast.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "fat").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    // As Cloudflare's own `worker-build` does, so that one macro expands to one thing in both.
    cargo.env("WASM_BINDGEN_USE_JS_SYS", "1");
    if package.unwind {
        let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
        cargo.env("RUSTFLAGS", format!("{flags} -Cpanic=unwind").trim_start());
        // A standard library of our own is unstable, and stays beside the other builds, which it would make stale.
        // At the levels above, LLVM 22 writes tables of branches into large programs that no runtime takes.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s");
        cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", workspace::target().join("unwind"));
    }
    Library::build(cargo)
}

/// Adds the sources of the standard library to the toolchain, when they are not there already.
fn ensure_source() -> Result<(), Failure> {
    let root = ask(command("rustc", &["--print", "sysroot"])).unwrap_or_default();
    if Path::new(&root).join("lib/rustlib/src/rust/library/std").is_dir() {
        return Ok(());
    }
    run(command("rustup", &["component", "add", "rust-src"]))
}

fn entry(wrangler: &Wrangler) -> String {
    let classes = wrangler.objects.values().map(|class| format!("export const {class} = lasting(wasm.{class});\n"));
    std::iter::once(ENTRY.to_owned()).chain(classes).collect()
}

/// Adds what lies below `folder` and can be imported, but for the entry, which is there already.
fn list_modules(folder: &Path, below: &str, modules: &mut Vec<String>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_modules(&entry.path(), &format!("{name}/"), modules)?;
        } else if name.ends_with(".js") || name.ends_with(".wasm") {
            modules.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::entry;
    use crate::worker::wrangler::Wrangler;

    #[test]
    fn the_entry_exports_each_class() {
        let objects = [("ROOMS".to_owned(), "Rooms".to_owned())].into();
        let entry = entry(&Wrangler { objects, ..Wrangler::default() });
        assert!(entry.ends_with("\nexport const Rooms = lasting(wasm.Rooms);\n"), "{entry}");
    }
}
