use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{capture, cargo};
use crate::failure::Failure;

/// The workspace's own programs, by name.
#[derive(Debug)]
pub(crate) struct Programs(BTreeMap<String, PathBuf>);

/// Builds the whole workspace, tests included, as `cargo test` is going to use it: one build serves
/// the tests and the programs that the later steps start.
pub(crate) fn programs() -> Result<Programs, Failure> {
    let messages =
        capture(cargo(&["build", "--workspace", "--all-targets", "--message-format", "json-render-diagnostics"]))?;
    Ok(Programs::read(&messages))
}

/// Builds some packages of the workspace for release: what is measured.
pub(crate) fn release(packages: &[&str]) -> Result<Programs, Failure> {
    let mut args = vec!["build", "--release", "--message-format", "json-render-diagnostics"];
    args.extend(packages.iter().flat_map(|package| ["--package", package]));
    Ok(Programs::read(&capture(cargo(&args))?))
}

impl Programs {
    /// The path of the program `name`.
    ///
    /// # Errors
    ///
    /// When the workspace builds no such program.
    pub(crate) fn path(&self, name: &str) -> Result<&Path, Failure> {
        let path = self.0.get(name).map(PathBuf::as_path);
        path.ok_or_else(|| Failure::new(format!("the workspace builds no program called `{name}`")))
    }

    /// Reads cargo's messages, one JSON object a line.
    fn read(messages: &str) -> Self {
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Self(messages.filter_map(|message| program(&message)).collect())
    }
}

/// Name and path of the program that `message` announces, if it does. Test harnesses are executables
/// too, and are not meant.
fn program(message: &Value) -> Option<(String, PathBuf)> {
    let target = message.get("target")?;
    let is_bin = target.get("kind")?.as_array()?.iter().any(|kind| kind == "bin");
    let is_harness = message.get("profile")?.get("test")?.as_bool()?;
    let path = message.get("executable")?.as_str()?;
    let name = target.get("name")?.as_str()?;
    (is_bin && !is_harness).then(|| (name.to_owned(), PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::{Path, Programs};

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"irori"},"profile":{"test":false},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"board"},"profile":{"test":true},"executable":"/t/deps/board-1"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"board"},"profile":{"test":false},"executable":"/t/board"}
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"join"},"profile":{"test":true},"executable":"/t/deps/join-1"}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn programs_are_told_from_test_harnesses() {
        let programs = Programs::read(MESSAGES);
        assert_eq!(programs.0.len(), 1, "{programs:?}");
        assert_eq!(programs.path("board").unwrap(), Path::new("/t/board"));
    }

    #[test]
    fn an_unknown_program_is_named() {
        let failure = Programs::read(MESSAGES).path("join").unwrap_err();
        assert_eq!(failure.to_string(), "the workspace builds no program called `join`");
    }
}
