//! Serves the app of the conformance kit, so that foreign clients can be pointed at it: browsers, Autobahn, stock hooks.
//!
//! ```sh
//! cargo run -p suite -- --host axum|warp --addr 127.0.0.1:0 [--max-message BYTES] [--log off]
//! ```

mod host;
mod options;

use std::{error::Error, process::ExitCode};

use irori_hyper::TokioRuntime;
use irori_test::conformance::{Pause, Profile, Suite};
use options::Options;
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a command tells its user what went wrong")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("suite: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever started it waits for this line")]
async fn run() -> Result<(), Box<dyn Error>> {
    let Options { host, addr, max_message, log } = Options::from_env()?;
    let suite = Suite::new(max_message.map_or(Profile::Standard, Profile::Messages), Pause::of(TokioRuntime));
    if !log {
        suite.log().stop();
    }
    let listener = TcpListener::bind(addr).await.map_err(|error| format!("cannot listen on {addr}: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    let interrupted = async {
        // Without a handler for ctrl-c the process ends by it anyway.
        let _ = tokio::signal::ctrl_c().await;
    };
    Ok(host.serve(listener, suite, interrupted).await?)
}
