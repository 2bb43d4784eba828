//! Node and its packages.

use std::process::Command;

use crate::command::{ask, command, run};
use crate::failure::Failure;
use crate::workspace;

/// A folder with a `package.json` and a lock file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package(pub(crate) &'static str);

impl Package {
    /// Installs what the lock file says.
    ///
    /// # Errors
    ///
    /// When Node is missing or too old, or a package cannot be had.
    pub(crate) fn install(self) -> Result<(), Failure> {
        ensure_node()?;
        run(self.command("npm", &["ci"]))
    }

    /// Runs a script of the package.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub(crate) fn run(self, script: &str) -> Result<(), Failure> {
        run(self.command("npm", &["run", "--silent", script]))
    }

    /// A command in its folder.
    pub(crate) fn command(self, program: &str, args: &[&str]) -> Command {
        let mut command = command(program, args);
        command.current_dir(workspace::root().join(self.0));
        command
    }
}

fn ensure_node() -> Result<(), Failure> {
    match ask(command("node", &["--version"])) {
        Some(version) if major(&version) >= Some(20) => Ok(()),
        Some(version) => Err(Failure::new(format!("Node.js 20 or newer is needed, and this is {version}"))),
        None => Err(Failure::new("Node.js 20 or newer with npm is needed, and no `node` is on the PATH")),
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
