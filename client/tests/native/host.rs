//! A server on axum, and what a test wants of a client to it.

use std::{net::SocketAddr, sync::mpsc, thread, time::Duration};

use irori::{App, SocketRef, define_socket};
use irori_client::{CloseInfo, Native, Options, Socket, Status, use_socket};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

pub(crate) const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");

const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a runtime of its own, so that it can be taken away with all its connections.
pub(crate) struct Host {
    pub(crate) addr: SocketAddr,
    runtime: Option<Runtime>,
}

impl Host {
    pub(crate) async fn start(app: App) -> Self {
        Self::start_at((std::net::Ipv4Addr::LOCALHOST, 0).into(), app).await
    }

    pub(crate) async fn start_at(addr: SocketAddr, app: App) -> Self {
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

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
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

/// An app that echoes, whose limits no test runs into.
pub(crate) fn echo() -> App {
    let echo = define_socket(ECHO, ()).on_message(async |(), socket, text| {
        socket.send(&text)?;
        Ok(())
    });
    roomy().socket(ECHO, echo)
}

pub(crate) fn roomy() -> App {
    const BYTES: usize = 64 * 1024 * 1024;
    App::new().limits(|limits| {
        limits.message.bytes = BYTES;
        limits.outbox.bytes = BYTES;
        limits.rate.messages = 1_000_000;
        limits.rate.burst = 1_000_000;
        limits.rate.bytes = u32::MAX;
    })
}

/// Tries for as long as the test does.
pub(crate) fn stubborn(url: &str) -> Options<Native> {
    Options::to(url).max_retries(None).max_delay(Duration::from_millis(50))
}

/// Ends the test when `future` takes too long.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

pub(crate) async fn becomes(socket: &Socket<String, String>, wanted: Status) {
    within(socket.status().wait_for(|status| *status == wanted)).await.unwrap();
}

/// How the connection ended that is lost now, or was.
pub(crate) async fn lost(socket: &Socket<String, String>) -> CloseInfo {
    within(socket.close_info().wait_for(Option::is_some)).await.flatten().unwrap()
}

/// What is told of an attempt that fails, which is the end when there are no further tries.
pub(crate) async fn problem_of(options: Options<Native>) -> String {
    let (tell, told) = mpsc::channel();
    let options = options.max_retries(Some(0));
    let socket = use_socket(ECHO, options.on_problem(move |problem| tell.send(problem.to_string()).unwrap()));
    becomes(&socket, Status::Closed).await;
    assert_eq!(socket.close_info().get(), Some(CloseInfo::lost()));
    let problem = told.try_recv().unwrap();
    assert!(told.try_recv().is_err(), "one attempt, one problem");
    problem
}
