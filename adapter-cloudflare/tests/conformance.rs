//! The conformance kit against workerd, the runtime of Workers, over TCP: one process for each host of a case.
//!
//! `cargo xtask test` builds the Worker, and says in `IRORI_WORKER` where it is, and in `IRORI_PANIC` whether a panic unwinds
//! there. Without that there is nothing to run, and it is said.

#![allow(clippy::expect_used, clippy::print_stderr, reason = "a host that cannot be started fails the case")]

use std::{env, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use irori::rt::BoxFuture;
use irori_hyper::TokioRuntime;
use irori_test::conformance::{Capability, Harness, Host, Pause, Suite, TcpHost, Upgraded, run};
use workerd::Workerd;

/// The Worker that was built, and the process for each host.
struct Workers {
    folder: PathBuf,
    unwinds: bool,
}

#[async_trait]
impl Harness for Workers {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Bytes, Fragments, Hibernation, Unwind};
        if self.unwinds { &[Fragments, Bytes, Hibernation, Unwind] } else { &[Fragments, Bytes, Hibernation] }
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(TokioRuntime)
    }

    /// The process makes a suite of its own, under the profile of this one.
    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let mut command = workerd::command(&self.folder).expect("the Worker was built");
        command.env("PROFILE", suite.profile().to_string());
        let process = Arc::new(Workerd::start(command).expect("workerd starts"));
        Box::new(WorkersHost { tcp: TcpHost::new(process.addr(), Arc::clone(&process)), process })
    }
}

struct WorkersHost {
    tcp: TcpHost<Arc<Workerd>>,
    process: Arc<Workerd>,
}

#[async_trait]
impl Host for WorkersHost {
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.tcp.request(request).await
    }

    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>> {
        self.tcp.upgrade(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.tcp.sleep(duration).await;
    }

    async fn evict(&self) {
        self.process.evict().expect("every object sleeps");
    }
}

fn main() -> ExitCode {
    let asked = env::args().any(|argument| argument == "--capabilities");
    let Some(folder) = env::var_os("IRORI_WORKER").map(PathBuf::from).or_else(|| asked.then(PathBuf::new)) else {
        eprintln!("not run: no Worker was built; `cargo xtask test` builds one and runs these cases");
        return ExitCode::SUCCESS;
    };
    // Asked what it can do, it answers for the better build.
    let unwinds = asked || env::var("IRORI_PANIC").is_ok_and(|panic| panic == "unwind");
    run(Workers { folder, unwinds })
}
