use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::command::{cannot_start, shown};
use crate::failure::Failure;

/// How long a server may take until it says where it listens.
const START: Duration = Duration::from_secs(60);

/// One of the workspace's servers, running until this value is dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts `command` and waits for its first line, `greeting` followed by its address.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or says anything else first, or nothing in time.
    pub(crate) fn start(mut command: Command, greeting: &str) -> Result<Self, Failure> {
        println!("   $ {} &", shown(&command));
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| cannot_start(&command, &error))?;
        let first = child.stdout.take().map(first_line);
        let mut server = Self { child, address: String::new() };

        let line = first.and_then(|first| first.recv_timeout(START).ok()).unwrap_or_default();
        let address = line
            .trim()
            .strip_prefix(greeting)
            .ok_or_else(|| Failure::new(format!("`{}` said {line:?}, not `{greeting}ADDRESS`", shown(&command))))?;
        address.clone_into(&mut server.address);
        Ok(server)
    }

    /// Host and port, as `127.0.0.1:4000`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether the process is still there.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends the first line of `output`, then reads on, so that the server never waits for a full pipe.
fn first_line(output: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        if output.read_line(&mut line).is_ok() {
            // Nobody waits any more: the start took too long.
            let _ = sender.send(line);
        }
        io::copy(&mut output, &mut io::sink())
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::Server;
    use crate::command::command;

    #[test]
    fn the_address_is_read_from_the_first_line() {
        let script = "echo listening on http://127.0.0.1:4000; exec tail -f /dev/null";
        let mut server = Server::start(command("sh", &["-c", script]), "listening on http://").unwrap();
        assert_eq!(server.address(), "127.0.0.1:4000");
        assert!(server.is_running());
    }

    #[test]
    fn another_first_line_is_a_failure() {
        let failure = Server::start(command("sh", &["-c", "echo no room"]), "listening on ").err().unwrap();
        assert_eq!(failure.to_string(), "`sh -c 'echo no room'` said \"no room\\n\", not `listening on ADDRESS`");
    }
}
