//! The program against the board on axum.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
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
    grace.types("/who").await;
    grace.shows(["here: Ada, Grace (you)"]).await;

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
    assert_eq!(ada.fails().await, "board-cli: the board does not let you in: 4403 forbidden\n");
}

#[tokio::test]
async fn a_board_of_another_version_is_told_and_it_fails() {
    let host = Host::start_at((Ipv4Addr::LOCALHOST, 0).into(), board().contract("another")).await;
    let said = Cli::join(&host, "Ada").fails().await;
    assert_eq!(said, "board-cli: the board is of another version than this program: 4409 contract\n");
}

#[tokio::test]
async fn what_is_piped_in_is_said_and_then_it_ends() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.comes_to("~ open").await;
    let mut grace = Cli::join(&host, "Grace");
    grace.types("in a hurry").await;
    grace.types_no_more();
    ada.comes_to("Grace: in a hurry").await;
    grace.comes_to("Grace: in a hurry").await;
    grace.comes_to("~ goodbye").await;
    assert!(grace.succeeds().await);
}

#[tokio::test]
async fn of_a_long_pipe_every_line_is_said() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.comes_to("~ open").await;
    let mut grace = Cli::join(&host, "Grace");
    let lines: Vec<_> = (1..=300).map(|number| number.to_string()).collect();
    grace.types(&lines.join("\n")).await;
    grace.types_no_more();
    for line in lines {
        let line = format!("Grace: {line}");
        ada.shows_talk([line.as_str()]).await;
        grace.shows_talk([line.as_str()]).await;
    }
    assert!(grace.succeeds().await);
}

#[tokio::test]
async fn a_line_that_is_refused_is_told_and_the_pipe_fails() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.types(&format!("before\n{}\nafter", "x".repeat(600))).await;
    ada.types_no_more();
    ada.shows_talk(["Ada: before", "! not sent: a message has 1 to 500 characters", "Ada: after"]).await;
    assert_eq!(ada.fails().await, "board-cli: lines that were refused or lost: 1\n");
}

#[tokio::test]
async fn a_line_that_the_server_drops_is_not_waited_for_without_end() {
    let few = board().limits(|limits| (limits.rate.messages, limits.rate.burst) = (1, 1));
    let host = Host::start_at((Ipv4Addr::LOCALHOST, 0).into(), few).await;
    let mut ada = Cli::join(&host, "Ada");
    ada.types("one\ntwo").await;
    ada.types_no_more();
    ada.shows_talk(["Ada: one", "! sent, but not heard: 1"]).await;
    assert_eq!(ada.fails().await, "board-cli: lines that were refused or lost: 1\n");
}

#[cfg(unix)]
#[tokio::test]
async fn who_interrupts_twice_does_not_wait_for_the_server() {
    let host = Host::start().await;
    let mut ada = Cli::join(&host, "Ada");
    ada.comes_to("here: Ada (you)").await;
    let busy = host.keep_busy();
    let pid = ada.child.id().unwrap().to_string();
    let interrupt = || Command::new("kill").args(["-INT", &pid]).status();
    // Two that come at once are one.
    while timeout(Duration::from_millis(100), ada.child.wait()).await.is_err() {
        assert!(interrupt().await.unwrap().success());
    }
    // By then the server would have been waited for.
    assert_eq!(ada.lines.next_line().await.unwrap(), None);
    drop(busy);
}

#[tokio::test]
async fn what_it_is_not_told_rightly_it_says_in_one_line() {
    let addresses =
        ["127.0.0.1:3000", "localhost", "ftp://board.example", "http://"].map(|address| ["--name", "Ada", address]);
    let others = [&[][..], &["--name", " "], &["--name", "Ada", "--colour", "red"]];
    for args in addresses.iter().map(|args| &args[..]).chain(others) {
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

    fn types_no_more(&mut self) {
        drop(self.child.stdin.take());
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

    /// It fails, and this is why.
    async fn fails(self) -> String {
        let output = timeout(PATIENCE, self.child.wait_with_output()).await.expect("it takes too long").unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
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

    /// Answers nobody until this is dropped.
    #[cfg(unix)]
    fn keep_busy(&self) -> mpsc::Sender<()> {
        let ((tell, told), (free, freed)) = (mpsc::channel(), mpsc::channel::<()>());
        self.runtime.as_ref().unwrap().spawn(async move {
            tell.send(()).unwrap();
            freed.recv().ok();
        });
        told.recv().unwrap();
        free
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
