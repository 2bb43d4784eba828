//! The program against the board on axum.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use irori::{App, Rejection, Upgrade};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
    runtime::{Builder, Runtime},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn people_see_and_hear_each_other() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.shows(["~ connecting", "~ open", "here: Ada (you)"]).await;
    let mut grace = Cli::join(&host, "Grace");
    grace.shows(["~ connecting", "~ open", "here: Ada, Grace (you)"]).await;
    ada.shows(["* Grace joined"]).await;

    ada.types("hello").await;
    grace.shows(["Ada: hello"]).await;
    grace.types("  to you,\x1b[2J too ").await;
    ada.shows(["Ada: hello", "Grace: to you, [2J too"]).await;

    grace.shows(["Grace: to you, [2J too"]).await;
    grace.types("/quit").await;
    grace.shows(["~ goodbye"]).await;
    assert!(grace.succeeds().await);
    ada.shows(["* Grace left"]).await;
}

#[tokio::test]
async fn who_comes_later_is_told_what_was_said_once_and_in_order() {
    let host = Host::start().await;
    let (mut ada, mut grace) = (Cli::join(&host, "Ada"), Cli::join(&host, "Grace"));
    for (speaker, text) in [(0, "one"), (1, "two"), (0, "three")] {
        let (speaker, name) = if speaker == 0 { (&mut ada, "Ada") } else { (&mut grace, "Grace") };
        speaker.types(text).await;
        speaker.comes_to(&format!("{name}: {text}")).await;
    }
    let mut edsger = Cli::join(&host, "Edsger");
    edsger.comes_to("Ada: one").await;
    edsger.shows_talk(["Grace: two", "Ada: three"]).await;
    ada.types("four").await;
    edsger.shows_talk(["Ada: four"]).await;
}

#[tokio::test]
async fn a_restart_of_the_server_loses_nothing_that_was_typed() {
    let host = Host::start().await;
    let addr = host.addr;
    let (mut ada, mut grace) = (Cli::join(&host, "Ada"), Cli::join(&host, "Grace"));
    ada.comes_to("~ open").await;
    grace.comes_to("~ open").await;
    drop(host);
    ada.comes_to("~ reconnecting in 1 s").await;
    while !ada.next().await.starts_with("! cannot connect: ") {}
    ada.types("meanwhile").await;
    ada.comes_to("~ not sent yet: 1 waiting for the connection").await;

    let _host = Host::start_at(addr, board()).await;
    for cli in [&mut ada, &mut grace] {
        cli.comes_to("Ada: meanwhile").await;
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_and_it_fails() {
    let locked = board().guard(async |_: &Upgrade| Err(Rejection::Deny));
    let host = Host::start_at((Ipv4Addr::LOCALHOST, 0).into(), locked).await;
    let mut ada = Cli::join(&host, "Ada");
    ada.comes_to("~ closed").await;
    let output = ada.child.wait_with_output().await.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "board-cli: the board does not let you in: 4403 forbidden\n");
}

#[tokio::test]
async fn what_is_piped_in_is_said_and_then_it_ends() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.comes_to("~ open").await;
    let mut grace = Cli::join(&host, "Grace");
    grace.types("in a hurry").await;
    drop(grace.child.stdin.take());
    ada.comes_to("Grace: in a hurry").await;
    assert!(grace.succeeds().await);
}

#[tokio::test]
async fn a_name_is_wanted() {
    for args in [&[][..], &["--name", " "], &["--name", "Ada", "--colour", "red"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_board-cli")).args(args).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.starts_with("board-cli: ") && said.lines().count() == 1, "{said}");
    }
}

/// The program, as somebody uses it.
struct Cli {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Cli {
    fn join(host: &Host, name: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_board-cli"))
            .args(["--name", name, &format!("http://{}", host.addr)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn types(&mut self, line: &str) {
        self.child.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn next(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("it takes too long");
        line.unwrap().expect("it has ended")
    }

    /// The next lines are these.
    async fn shows<const N: usize>(&mut self, expected: [&str; N]) {
        for line in expected {
            assert_eq!(self.next().await, line);
        }
    }

    /// The next things that are said are these, whoever comes and goes.
    async fn shows_talk<const N: usize>(&mut self, expected: [&str; N]) {
        for expected in expected {
            let mut line = self.next().await;
            while line.starts_with(['~', '*']) || line.starts_with("here:") {
                line = self.next().await;
            }
            assert_eq!(line, expected);
        }
    }

    /// This line is shown, sooner or later.
    async fn comes_to(&mut self, expected: &str) {
        while self.next().await != expected {}
    }

    async fn succeeds(&mut self) -> bool {
        timeout(PATIENCE, self.child.wait()).await.expect("it takes too long").unwrap().success()
    }
}

/// A server on a runtime of its own, so that it can be taken away with all its connections.
struct Host {
    addr: SocketAddr,
    runtime: Option<Runtime>,
}

impl Host {
    async fn start() -> Self {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), board()).await
    }

    async fn start_at(addr: SocketAddr, app: App) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let app = app.build().unwrap();
        let serving = runtime.spawn(async move {
            let listener = TcpListener::bind(addr).await.unwrap();
            let addr = listener.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(listener, irori_axum::routes::<()>(app)).await });
            addr
        });
        Self { addr: serving.await.unwrap(), runtime: Some(runtime) }
    }
}

/// As if it were killed. Once it is dropped its port is free.
impl Drop for Host {
    fn drop(&mut self) {
        let runtime = self.runtime.take();
        // A runtime cannot be waited for on another's thread.
        thread::spawn(|| drop(runtime)).join().unwrap();
    }
}

/// The board, whose clock ticks with every message.
fn board() -> App {
    static TICKS: AtomicU64 = AtomicU64::new(1);
    board::app(|| TICKS.fetch_add(1, Ordering::Relaxed))
}
