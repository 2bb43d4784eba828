use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::Programs;
use crate::command::{ask, command, run};
use crate::failure::Failure;
use crate::worker::Workers;
use crate::{chromium, page, workspace};

/// The hosts of the board.
const HOSTS: &[&str] = &["axum", "warp", "workers"];

/// A page that hangs fails its test after this many milliseconds.
const TIMEOUT: &str = "--test-timeout=120000";

/// The board in a real browser, on every host: what users see, not what sockets carry.
pub(crate) fn test(programs: &Programs, workers: &Workers) -> Result<(), Failure> {
    let chromium = prepare()?;
    let workerd = workerd::install().map_err(|error| Failure::new(error.to_string()))?;
    for host in HOSTS {
        println!("   on {host}");
        let mut test = node(programs, &chromium)?;
        test.env("BOARD_HOST", host).env("BOARD_WORKERD", &workerd).env("BOARD_WORKER", &workers.board);
        run(test)?;
    }
    Ok(())
}

/// The pages with a framework, by name.
pub(crate) fn test_frameworks(programs: &Programs, names: &[String]) -> Result<(), Failure> {
    let mut test = node(programs, &prepare()?)?;
    test.arg("frameworks.test.mjs").env("BOARD_FRAMEWORKS", names.join(","));
    run(test)
}

/// All that the tests need; the path of Chromium.
fn prepare() -> Result<PathBuf, Failure> {
    ensure_node()?;
    let chromium = chromium::ensure()?;
    let mut install = command("npm", &["ci"]);
    install.current_dir(folder());
    run(install)?;
    Ok(chromium)
}

/// What runs the tests.
fn node(programs: &Programs, chromium: &Path) -> Result<Command, Failure> {
    let mut test = command("node", &["--test", "--test-reporter=spec", TIMEOUT]);
    test.current_dir(folder()).env("CHROMIUM", chromium);
    test.env("BOARD_BIN", programs.path("board")?).env("BOARD_PAGES", page::folder());
    Ok(test)
}

fn folder() -> PathBuf {
    workspace::root().join("browser")
}

fn ensure_node() -> Result<(), Failure> {
    match ask(command("node", &["--version"])) {
        Some(version) if major(&version) >= Some(20) => Ok(()),
        Some(version) => {
            Err(Failure::new(format!("the browser tests need Node.js 20 or newer, and this is {version}")))
        }
        None => Err(Failure::new("the browser tests need Node.js 20 or newer with npm, and no `node` is on the PATH")),
    }
}

/// 20 of `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("8.0.0"), None);
        assert_eq!(major("vnext"), None);
    }
}
