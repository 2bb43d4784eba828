//! The Autobahn cases, which no one here wrote, against every native host.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build::Programs;
use crate::command::{command, run};
use crate::failure::Failure;
use crate::server::Server;
use crate::workspace;

/// The hosts of the conformance suite's server.
const HOSTS: &[&str] = &["axum", "warp"];

/// The largest message of series 9 is 16 MiB; this leaves room for what is around it.
const MAX_MESSAGE: &str = "67108864";

/// Runs Autobahn's own case files on Python 3.
const KOSOKU: &str = "kosoku==0.1.0";

/// All but series 12 and 13, which are about compression.
const CASES: usize = 301;

const PYTHON: &str = "The cases need Python 3.10 or newer with venv (on Debian: python3-venv).";

const GREETING: &str = "listening on http://";

/// Runs the cases against each host in turn.
pub(crate) fn test(programs: &Programs) -> Result<(), Failure> {
    let suite = programs.path("suite")?;
    let kosoku = ensure_kosoku()?;
    for host in HOSTS {
        test_host(host, suite, &kosoku)?;
    }
    Ok(())
}

fn test_host(host: &str, suite: &Path, kosoku: &Path) -> Result<(), Failure> {
    let mut serve = command(&suite.to_string_lossy(), &["--host", host]);
    serve.args(["--addr", "127.0.0.1:0", "--max-message", MAX_MESSAGE]);
    let mut server = Server::start(serve, GREETING)?;

    let report = folder().join("report").join(host);
    let index = report.join("index.json");
    // An old report must not pass for this one's. There may be none.
    let _ = fs::remove_dir_all(&report);
    let mut cases = command(&kosoku.to_string_lossy(), &["-p", "8", "-x", "12.*", "-x", "13.*"]);
    cases.arg("-o").arg(&report).arg(format!("ws://{}/echo", server.address()));
    let ran = run(cases);

    if !server.is_running() {
        return Err(Failure::new(format!("the server on {host} did not survive the cases")));
    }
    // It fails with the cases as well as before them; of the two, the report knows more.
    if !index.is_file() {
        ran?;
    }
    let verdicts = Verdicts::read(&index)?;
    println!("   {host}: {} run, {} failed", verdicts.run, verdicts.failed);
    verdicts.check(host)
}

/// The path of `kosoku`, which is installed into an environment of its own if it is not there.
fn ensure_kosoku() -> Result<PathBuf, Failure> {
    let python = folder().join(KOSOKU);
    let kosoku = python.join("bin/kosoku");
    if !kosoku.is_file() {
        let mut venv = command("python3", &["-m", "venv", "--clear"]);
        venv.arg(&python);
        run(venv).map_err(|failure| Failure::new(format!("{failure}\n{PYTHON}")))?;
        run(command(&python.join("bin/pip").to_string_lossy(), &["install", "--quiet", KOSOKU]))?;
    }
    Ok(kosoku)
}

fn folder() -> PathBuf {
    workspace::target().join("autobahn")
}

/// What the cases came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Verdicts {
    run: usize,
    failed: usize,
}

impl Verdicts {
    fn read(index: &Path) -> Result<Self, Failure> {
        let unreadable =
            |error: &dyn std::fmt::Display| Failure::new(format!("cannot read {}: {error}", index.display()));
        let text = fs::read_to_string(index).map_err(|error| unreadable(&error))?;
        let agents: Value = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
        Ok(Self::count(&agents))
    }

    /// Counts an index: agent, then case, then what it came to.
    fn count(agents: &Value) -> Self {
        let mut verdicts = Self::default();
        for case in members(agents).flat_map(members) {
            let passed = |key| case.get(key).and_then(Value::as_str).is_some_and(passes);
            verdicts.run += 1;
            verdicts.failed += usize::from(!(passed("behavior") && passed("behaviorClose")));
        }
        verdicts
    }

    fn check(&self, host: &str) -> Result<(), Failure> {
        let why = match (self.run, self.failed) {
            (CASES, 0) => return Ok(()),
            (run, 0) => format!("on {host} {run} cases ran, not {CASES}"),
            (run, failed) => format!("on {host} {failed} of {run} cases failed"),
        };
        Err(Failure::new(why))
    }
}

fn members(object: &Value) -> impl Iterator<Item = &Value> {
    object.as_object().into_iter().flat_map(|object| object.values())
}

/// Autobahn's words for what conforms. `NON-STRICT` departs from a SHOULD only, and `UNIMPLEMENTED`
/// is no excuse here.
fn passes(verdict: &str) -> bool {
    matches!(verdict, "OK" | "NON-STRICT" | "INFORMATIONAL")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CASES, Verdicts};

    #[test]
    fn verdicts_are_counted() {
        let verdicts = Verdicts::count(&json!({ "irori": {
            "1.1.1": { "behavior": "OK", "behaviorClose": "OK" },
            "6.4.1": { "behavior": "NON-STRICT", "behaviorClose": "OK" },
            "7.1.6": { "behavior": "INFORMATIONAL", "behaviorClose": "INFORMATIONAL" },
            "7.7.1": { "behavior": "OK", "behaviorClose": "WRONG CODE" },
            "9.1.1": { "behavior": "UNIMPLEMENTED", "behaviorClose": "OK" },
            "9.9.9": {},
        }}));
        assert_eq!(verdicts, Verdicts { run: 6, failed: 3 });
    }

    #[test]
    fn a_missing_case_fails_like_a_failed_one() {
        let check = |run, failed| Verdicts { run, failed }.check("axum");
        assert!(check(CASES, 0).is_ok());
        assert_eq!(check(300, 0).unwrap_err().to_string(), "on axum 300 cases ran, not 301");
        assert_eq!(check(301, 2).unwrap_err().to_string(), "on axum 2 of 301 cases failed");
    }
}
