//! From a package to its wasm, and the JavaScript beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::{capture, cargo, run, shown};
use crate::failure::Failure;
use crate::toolchain;

/// What cargo made of a package whose library is a `cdylib`.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) wasm: PathBuf,
    /// The folder of its manifest.
    pub(crate) package: PathBuf,
}

impl Library {
    /// Runs a `cargo build` that says which package, and how.
    ///
    /// # Errors
    ///
    /// When it does not compile, or is no `cdylib`.
    pub(crate) fn build(mut cargo: Command) -> Result<Self, Failure> {
        toolchain::ensure_wasm()?;
        cargo.args(["--lib", "--target", toolchain::WASM, "--message-format", "json-render-diagnostics"]);
        let no_wasm = format!("`{}` makes no wasm: its [lib] needs `crate-type = [\"cdylib\"]`", shown(&cargo));
        let messages = capture(cargo)?;
        // What it is built of comes first, and may hold a `cdylib` too.
        let library = messages.lines().rev().find_map(|line| Self::announced(&serde_json::from_str(line).ok()?));
        library.ok_or_else(|| Failure::new(no_wasm))
    }

    /// Writes its JavaScript into a folder, beside the wasm as that wants it: for a `worker`, or for a `page`.
    ///
    /// # Errors
    ///
    /// When it is of another `wasm-bindgen` than this workspace.
    pub(crate) fn bind(&self, what: &str, folder: &Path) -> Result<(), Failure> {
        let [wasm, folder] = [&self.wasm, folder].map(|path| path.to_string_lossy());
        run(cargo(&["run", "--quiet", "--package", "bindgen", "--", what, &wasm, &folder]))
    }

    /// The one that a message of cargo's announces, if it does.
    fn announced(message: &Value) -> Option<Self> {
        let is_cdylib = message["target"]["kind"].as_array()?.iter().any(|kind| kind == "cdylib");
        let mut files = message["filenames"].as_array()?.iter().filter_map(|file| file.as_str().map(PathBuf::from));
        let wasm = files.find(|file| is_cdylib && file.extension().is_some_and(|extension| extension == "wasm"))?;
        let package = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
        Some(Self { wasm, package })
    }
}

#[cfg(test)]
mod tests {
    use super::{Library, Path, Value};

    #[test]
    fn the_wasm_is_told_from_what_it_is_built_of() {
        let message = |kind: &str| -> Value {
            let text =
                r#"{"manifest_path":"/w/site/Cargo.toml","target":{"kind":["KIND"]},"filenames":["/t/site.wasm"]}"#;
            serde_json::from_str(&text.replace("KIND", kind)).unwrap()
        };
        assert!(Library::announced(&message("lib")).is_none());
        let library = Library::announced(&message("cdylib")).unwrap();
        assert_eq!(library.wasm, Path::new("/t/site.wasm"));
        assert_eq!(library.package, Path::new("/w/site"));
    }
}
