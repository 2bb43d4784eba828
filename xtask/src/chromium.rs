use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{ask, command, run};
use crate::failure::Failure;

/// The names that distributions give to Chromium, in order of preference.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Without what it recommends, half a printing system, but with letters to draw.
const PACKAGES: &[&str] = &["chromium", "fonts-liberation"];

const MISSING: &str = "\
there is no Chromium for the browser tests: $CHROMIUM is not set, and none of chromium,
chromium-browser and google-chrome is on the PATH. It cannot be installed from here either, which
takes apt-get, and root or a sudo that asks for no password. Install it (on Debian:
`apt-get install chromium`), or set CHROMIUM to the path of one.";

/// The path of a Chromium, installed from Debian's packages if there is none and this process may.
pub(crate) fn ensure() -> Result<PathBuf, Failure> {
    if let Some(path) = find() {
        return Ok(path);
    }
    let privilege = privilege().ok_or_else(|| Failure::new(MISSING))?;
    run(apt_get(privilege, &["update", "-q"]))?;
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    run(apt_get(privilege, &[&install, PACKAGES].concat()))?;
    find().ok_or_else(|| Failure::new(MISSING))
}

fn find() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from);
    named.or_else(|| NAMES.iter().find_map(|name| on_path(name)))
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// The words that let this process install packages, if it may: none for root, `sudo` for others.
fn privilege() -> Option<&'static [&'static str]> {
    on_path("apt-get")?;
    if ask(command("id", &["-u"]))? == "0" {
        return Some(&[]);
    }
    ask(command("sudo", &["-n", "true"])).map(|_| &["sudo", "-n"][..])
}

fn apt_get(privilege: &[&str], args: &[&str]) -> Command {
    // No questions, for nobody would answer; another run of apt may hold the lock for a while.
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"];
    let words = [privilege, &apt, args].concat();
    command(words[0], &words[1..])
}
