//! The server that is lost: a process of its own, which tells when each of its clients came.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::{SystemTime, UNIX_EPOCH},
};

use irori::{App, SocketRef, define_socket};
use irori_tokio::TokioRuntime;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines, stdin},
    net::{TcpListener, TcpSocket},
    process::{Child, ChildStdout, Command},
};

use crate::Result;

/// Where its clients connect to.
pub(super) const AT: SocketRef<(), ()> = SocketRef::new("bench/hearth", "hearth");

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// The process, as the one that measures it sees it. Ended when this is dropped.
pub(super) struct Hearth {
    pub(super) addr: SocketAddr,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Hearth {
    /// Starts it, at an address or at any.
    pub(super) async fn start(executable: &str, addr: Option<SocketAddr>) -> Result<Self> {
        let addr = addr.unwrap_or((Ipv4Addr::LOCALHOST, 0).into());
        let mut child = Command::new(executable)
            .args(["hearth", "--addr", &addr.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the server has no output")?).lines();
        let addr = lines.next_line().await?.ok_or("the server said nothing")?.parse()?;
        Ok(Self { addr, child, lines })
    }

    /// When the next client came, in milliseconds since the Unix epoch.
    pub(super) async fn next(&mut self) -> Result<u64> {
        Ok(self.lines.next_line().await?.ok_or("the server has ended")?.parse()?)
    }

    /// Ends it at once, by SIGKILL where there is one.
    pub(super) async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Has it accept no more, and say goodbye to whom it has.
    pub(super) fn drain(&mut self) {
        drop(self.child.stdin.take());
    }
}

/// What the process does, until its input ends.
pub(crate) async fn serve(addr: SocketAddr) -> Result<()> {
    let hearth = define_socket(AT, ()).on_open(async |(), _| {
        tell(now());
        Ok(())
    });
    let app = App::new().socket(AT, hearth).build()?;
    let listener = listen(addr)?;
    tell(listener.local_addr()?);
    let router = irori_axum::routes::<()>(app.clone());
    let accepting = tokio::spawn(async move { axum::serve(listener, router).await });
    stdin().read_to_end(&mut Vec::new()).await?;
    accepting.abort();
    accepting.await.ok(); // and the port is the next one's alone
    app.drain(&TokioRuntime).await;
    Ok(())
}

/// Two of them may listen at one address.
fn listen(addr: SocketAddr) -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(addr)?;
    Ok(socket.listen(BACKLOG)?)
}

#[expect(clippy::print_stdout, reason = "whoever started it reads this")]
fn tell(what: impl std::fmt::Display) {
    println!("{what}");
}

#[expect(clippy::disallowed_methods, reason = "it measures the time of the wall")]
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
