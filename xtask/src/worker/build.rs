//! From a package to a folder that workerd can serve.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Package;
use super::wrangler::Wrangler;
use super::{config, folder};
use crate::command::{ask, capture, cargo, command, run};
use crate::failure::Failure;
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
    let [wasm, target] = [&library.wasm, &folder].map(|path| path.to_string_lossy());
    run(cargo(&["run", "--quiet", "--package", "worker-bindgen", "--", &wasm, &target]))?;
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

/// A folder with nothing in it.
pub(super) fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))
}

pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|error| at(&path, &error))
}

/// What cargo made of a package.
struct Library {
    wasm: PathBuf,
    /// The folder of its manifest.
    package: PathBuf,
}

fn compile(package: &Package) -> Result<Library, Failure> {
    let mut args = vec!["build", "--release", "--lib", "--target", toolchain::WASM, "--package", &package.name];
    args.extend(["--message-format", "json-render-diagnostics"]);
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
    let messages = capture(cargo)?;
    messages.lines().find_map(|line| library(&serde_json::from_str(line).ok()?)).ok_or_else(|| {
        let name = &package.name;
        Failure::new(format!("`{name}` is no Worker: its [lib] needs `crate-type = [\"cdylib\"]`"))
    })
}

/// The wasm that a message of cargo's announces, if it does.
fn library(message: &Value) -> Option<Library> {
    let is_cdylib = message["target"]["kind"].as_array()?.iter().any(|kind| kind == "cdylib");
    let mut files = message["filenames"].as_array()?.iter().filter_map(|file| file.as_str().map(PathBuf::from));
    let wasm = files.find(|file| is_cdylib && file.extension().is_some_and(|extension| extension == "wasm"))?;
    let package = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    Some(Library { wasm, package })
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

fn at(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Path, Value, entry, library};
    use crate::worker::wrangler::Wrangler;

    #[test]
    fn the_wasm_is_told_from_what_it_is_built_of() {
        let message = |kind: &str| -> Value {
            let text =
                r#"{"manifest_path":"/w/site/Cargo.toml","target":{"kind":["KIND"]},"filenames":["/t/site.wasm"]}"#;
            serde_json::from_str(&text.replace("KIND", kind)).unwrap()
        };
        assert!(library(&message("lib")).is_none());
        let library = library(&message("cdylib")).unwrap();
        assert_eq!(library.wasm, Path::new("/t/site.wasm"));
        assert_eq!(library.package, Path::new("/w/site"));
    }

    #[test]
    fn the_entry_exports_each_class() {
        let objects = [("ROOMS".to_owned(), "Rooms".to_owned())].into();
        let entry = entry(&Wrangler { objects, ..Wrangler::default() });
        assert!(entry.ends_with("\nexport const Rooms = lasting(wasm.Rooms);\n"), "{entry}");
    }
}
