use std::{net::SocketAddr, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::Result;

/// The suite in a process of its own, ended when this is dropped.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts the executable and waits for the line that says where it listens.
    pub(crate) async fn start(executable: &str) -> Result<Self> {
        let mut child = Command::new(executable)
            .args(["--host", "axum", "--addr", "127.0.0.1:0", "--log", "off"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the server said nothing")?;
        let addr = line.strip_prefix("listening on http://").ok_or("the server does not say where it listens")?;
        Ok(Self { addr: addr.parse()?, child })
    }

    /// The memory it holds, in bytes (resident set, from `/proc`).
    pub(crate) fn memory(&self) -> Result<usize> {
        let id = self.child.id().ok_or("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))
            .map_err(|error| format!("the memory of a process is read from /proc: {error}"))?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(kilobytes.ok_or("no VmRSS")?.trim().parse::<usize>()? * 1024)
    }
}
