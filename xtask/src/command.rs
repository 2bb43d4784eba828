//! Commands: shown before they run, named when they fail.

use std::process::{Command, ExitStatus, Stdio};

use crate::failure::Failure;
use crate::workspace;

/// `program` with `args`, run from the root of the workspace.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(workspace::root());
    command
}

/// Cargo with `args`.
pub(crate) fn cargo(args: &[&str]) -> Command {
    command("cargo", args)
}

/// Runs `command` to its end, with the terminal as its output.
///
/// # Errors
///
/// When it cannot be started, or ends with another status than success.
pub(crate) fn run(mut command: Command) -> Result<(), Failure> {
    println!("   $ {}", shown(&command));
    let status = command.status();
    let status = status.map_err(|error| cannot_start(&command, &error))?;
    succeeded(&command, status)
}

/// Runs `command` to its end and returns what it wrote, save its errors, which go to the terminal.
///
/// # Errors
///
/// Those of [`run`].
pub(crate) fn capture(command: Command) -> Result<String, Failure> {
    println!("   $ {}", shown(&command));
    Ok(String::from_utf8_lossy(&output(command)?).into_owned())
}

/// The bytes that `command` writes, without a word of it.
///
/// # Errors
///
/// Those of [`run`].
pub(crate) fn output(mut command: Command) -> Result<Vec<u8>, Failure> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| cannot_start(&command, &error))?;
    succeeded(&command, output.status)?;
    Ok(output.stdout)
}

/// What `command` writes, or nothing when it is missing or fails, for questions that may have no
/// answer.
pub(crate) fn ask(mut command: Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| answer.trim().to_owned())
}

/// `command` as one would type it, with the variables set for it in front.
pub(crate) fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = quoted(&value?.to_string_lossy());
        Some(format!("{}={value}", name.display()))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    variables.chain(words.map(|word| quoted(&word.to_string_lossy()))).collect::<Vec<_>>().join(" ")
}

pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot start `{}`: {error}", shown(command)))
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}`: {status}", shown(command))))
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '*']) { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{cargo, command, run, shown};

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut doc = cargo(&["doc", "--no-deps"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(shown(&doc), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn a_failure_names_the_command() {
        let missing = run(command("no-such-program", &["at", "all"])).unwrap_err().to_string();
        assert!(missing.starts_with("cannot start `no-such-program at all`: "), "{missing}");
        let failed = run(command("sh", &["-c", "exit 3"])).unwrap_err();
        assert_eq!(failed.to_string(), "`sh -c 'exit 3'`: exit status: 3");
    }
}
