use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::Programs;
use crate::command::run;
use crate::failure::Failure;
use crate::npm::Package;
use crate::worker::Workers;
use crate::{chromium, page};

const BROWSER: Package = Package("browser");

/// Stock clients, one of which is a browser's own.
const STOCK: Package = Package("examples/stock-clients");

/// The hosts of the board.
const HOSTS: &[&str] = &["axum", "warp", "workers"];

/// What is tested on every host of the board.
const EVERYWHERE: &[&str] = &["board.test.mjs", "survive.test.mjs"];

/// What one host is enough for.
const ONCE: &[&str] = &["chat.test.mjs", "rust.test.mjs"];

/// A page that hangs fails its test after this many milliseconds.
const TIMEOUT: &str = "--test-timeout=120000";

/// The pages in a real browser, on every host: what users see, not what sockets carry.
pub(crate) fn test(programs: &Programs, workers: &Workers) -> Result<(), Failure> {
    let chromium = prepare()?;
    let workerd = workerd::install().map_err(|error| Failure::new(error.to_string()))?;
    for host in HOSTS {
        println!("   on {host}");
        let mut test = node(programs, &chromium, EVERYWHERE)?;
        test.env("BOARD_HOST", host).env("BOARD_WORKERD", &workerd).env("BOARD_WORKER", &workers.board);
        run(test)?;
    }
    let mut test = node(programs, &chromium, ONCE)?;
    test.env("CHAT_BIN", programs.path("chat")?);
    run(test)?;
    test_stock(programs, &chromium)
}

/// The pages with a framework, by name.
pub(crate) fn test_frameworks(programs: &Programs, names: &[String]) -> Result<(), Failure> {
    let mut test = node(programs, &prepare()?, &["frameworks.test.mjs"])?;
    test.env("BOARD_FRAMEWORKS", names.join(","));
    run(test)
}

fn test_stock(programs: &Programs, chromium: &Path) -> Result<(), Failure> {
    STOCK.install()?;
    let mut test = STOCK.command("npm", &["test"]);
    test.env("CHROMIUM", chromium).env("STOCK_CLIENTS_BIN", programs.path("stock-clients")?);
    run(test)
}

/// All that the tests need; the path of Chromium.
fn prepare() -> Result<PathBuf, Failure> {
    let chromium = chromium::ensure()?;
    BROWSER.install()?;
    Ok(chromium)
}

/// What runs tests.
fn node(programs: &Programs, chromium: &Path, tests: &[&str]) -> Result<Command, Failure> {
    let mut test = BROWSER.command("node", &["--test", "--test-reporter=spec", TIMEOUT]);
    test.args(tests).env("CHROMIUM", chromium);
    test.env("BOARD_BIN", programs.path("board")?).env("BOARD_PAGES", page::folder());
    Ok(test)
}
