//! Pages in Rust, from a package to files that a server can serve: `cargo xtask page`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use lexopt::prelude::{Value, ValueExt as _};

use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::folder::{at, empty};
use crate::library::Library;
use crate::sizes::Size;
use crate::toolchain;
use crate::workspace;

const USAGE: &str = "what of which? `cargo xtask page build NAME`, a folder of examples/ or examples/frameworks/";

/// The pages with a framework: a workspace of their own.
const FRAMEWORKS: &str = "examples/frameworks";

/// What one call of `cargo xtask page` does: it builds the page of this name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Task(String);

impl Task {
    /// Reads what is left of the arguments after `page`.
    pub(crate) fn parse(mut args: lexopt::Parser) -> Result<Self, Failure> {
        let mut words = Vec::new();
        while let Some(arg) = args.next()? {
            match arg {
                Value(word) => words.push(word.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        match <[String; 2]>::try_from(words) {
            Ok([what, name]) if what == "build" => Ok(Self(name)),
            _ => Err(Failure::new(USAGE)),
        }
    }

    /// Does it. The last line that a build prints is the folder where the page lies.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let page = Page::build(&self.0)?;
        println!("   {page}");
        println!("{}", page.folder.display());
        Ok(())
    }
}

/// A page that is built: `index.html`, `page.js`, `page_bg.wasm`, snippets.
pub(crate) struct Page {
    name: String,
    folder: PathBuf,
    wasm: Size,
}

impl Page {
    /// Builds the page of this name.
    ///
    /// # Errors
    ///
    /// When there is none, it is no `cdylib`, or does not compile, or has no `index.html`.
    pub(crate) fn build(name: &str) -> Result<Self, Failure> {
        let (package, target) = place(name)?;
        let manifest = package.join("Cargo.toml");
        let mut cargo = cargo(&["build", "--profile", "page", "--manifest-path", &manifest.to_string_lossy()]);
        cargo.env("CARGO_TARGET_DIR", target);
        let library = Library::build(cargo)?;

        let folder = folder().join(name);
        empty(&folder)?;
        library.bind("page", &folder)?;
        let html = library.package.join("index.html");
        fs::copy(&html, folder.join("index.html")).map_err(|error| at(&html, &error))?;
        let wasm = Size::of(&folder.join("page_bg.wasm"))?;
        Ok(Self { name: name.to_owned(), folder, wasm })
    }
}

/// What a visitor loads.
impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the wasm of {}: {}", self.name, self.wasm)
    }
}

/// Where pages are put, each in a folder of its name.
pub(crate) fn folder() -> PathBuf {
    workspace::target().join("pages")
}

/// Checks and builds the pages with a framework, and names them.
///
/// # Errors
///
/// When one is not formatted, has a lint, or cannot be built.
pub(crate) fn frameworks() -> Result<Vec<String>, Failure> {
    let manifest = format!("{FRAMEWORKS}/Cargo.toml");
    run(cargo(&["fmt", "--all", "--manifest-path", &manifest, "--check"]))?;
    let mut clippy = cargo(&["clippy", "--manifest-path", &manifest, "--target", toolchain::WASM]);
    clippy.args(["--", "-D", "warnings"]).env("CARGO_TARGET_DIR", frameworks_target());
    run(clippy)?;

    let names = names()?;
    for name in &names {
        println!("   {}", Page::build(name)?);
    }
    Ok(names)
}

fn names() -> Result<Vec<String>, Failure> {
    let folder = workspace::root().join(FRAMEWORKS);
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| at(&folder, &error))?;
    let pages = entries.iter().filter(|entry| is_page(&entry.path()));
    let mut names: Vec<_> = pages.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// The package of a page, and where it is built. Frameworks are built beside all else: by another lock file, and so as not
/// to wait for one another.
fn place(name: &str) -> Result<(PathBuf, PathBuf), Failure> {
    let places = [("examples", workspace::target()), (FRAMEWORKS, frameworks_target())];
    let mut places = places.into_iter().map(|(folder, target)| (workspace::root().join(folder).join(name), target));
    let place = places.find(|(package, _)| is_page(package));
    place.ok_or_else(|| Failure::new(format!("no page is called `{name}`: {USAGE}")))
}

fn is_page(package: &Path) -> bool {
    ["Cargo.toml", "index.html"].iter().all(|file| package.join(file).is_file())
}

fn frameworks_target() -> PathBuf {
    workspace::target().join("frameworks")
}

#[cfg(test)]
mod tests {
    use super::{FRAMEWORKS, Failure, Task, names, place, workspace};

    fn parse(args: &[&str]) -> Result<Task, Failure> {
        Task::parse(lexopt::Parser::from_args(args))
    }

    #[test]
    fn a_page_is_built_by_its_name() {
        assert_eq!(parse(&["build", "board-page"]).unwrap(), Task("board-page".to_owned()));
        for args in [&[][..], &["build"], &["serve", "board-page"], &["build", "a", "b"], &["build", "--unwind", "a"]] {
            assert!(parse(args).is_err(), "{args:?} was taken");
        }
    }

    #[test]
    fn pages_are_found_with_and_without_a_framework() {
        let package = |name| place(name).map(|(package, _)| package);
        assert_eq!(package("board-page").unwrap(), workspace::root().join("examples/board-page"));
        assert_eq!(package("yew").unwrap(), workspace::root().join(FRAMEWORKS).join("yew"));
        assert_eq!(names().unwrap(), ["dioxus", "leptos", "yew"], "and what they share is no page");
        let failure = package("board").unwrap_err().to_string();
        assert!(failure.starts_with("no page is called `board`: "), "{failure}");
    }
}
