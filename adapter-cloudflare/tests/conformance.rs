//! The conformance kit against workerd, the runtime of Workers, over TCP: one process for each host of a case.
//!
//! The Worker is built by `cargo xtask test`, which says in `IRORI_WORKERD` where it is. Without that there is nothing to
//! run, and it is said.

#![allow(clippy::expect_used, clippy::print_stderr, reason = "a host that cannot be started fails the case")]

use std::{
    env,
    net::SocketAddr,
    path::PathBuf,
    process::{ExitCode, Stdio},
    time::Duration,
};

use async_trait::async_trait;
use irori::rt::BoxFuture;
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, run};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
    time::timeout,
};

/// How long a case may take.
const LONG: Duration = Duration::from_secs(60);

struct Workerd {
    program: PathBuf,
    config: PathBuf,
}

#[async_trait]
impl Harness for Workerd {
    fn capabilities(&self) -> &'static [Capability] {
        &[]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let ended = runtime.expect("a runtime").block_on(async { timeout(LONG, case).await });
        ended.expect("the case ends");
    }

    fn pause(&self) -> Pause {
        Pause::of(TokioRuntime)
    }

    /// Workerd makes a suite of its own, under the profile of this one.
    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let mut serve = Command::new(&self.program);
        serve.arg("serve").arg(&self.config).arg("--control-fd=1").env("PROFILE", suite.profile().to_string());
        let mut server = serve.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("workerd can be started");
        let said = server.stdout.take().expect("it says where it listens");
        let line = BufReader::new(said).lines().next_line().await.expect("it says where it listens");
        let listens: serde_json::Value = serde_json::from_str(&line.expect("it listens")).expect("JSON");
        let port = listens["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        Box::new(TcpHost::new(SocketAddr::from(([127, 0, 0, 1], port)), server))
    }
}

fn main() -> ExitCode {
    let asked = env::args().any(|argument| argument == "--capabilities");
    let Some(folder) = env::var_os("IRORI_WORKERD").map(PathBuf::from).or_else(|| asked.then(PathBuf::new)) else {
        eprintln!("not run: no Worker was built; `cargo xtask test` builds one and runs these cases");
        return ExitCode::SUCCESS;
    };
    run(Workerd { program: folder.join("workerd"), config: folder.join("config.capnp") })
}
