//! Serves the app of the conformance kit, so that foreign clients can be pointed at it: browsers, Autobahn, stock hooks.
//!
//! ```sh
//! cargo run -p suite -- --host axum --addr 127.0.0.1:0 [--max-message BYTES] [--log off]
//! ```

mod axum_host;
mod options;

use std::process::ExitCode;

use irori_hyper::TokioRuntime;
use irori_test::conformance::{Pause, Profile, Suite};
use options::{Host, Options};

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a command tells its user what went wrong")]
async fn main() -> ExitCode {
    let options = match Options::from_env() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("suite: {error}");
            return ExitCode::FAILURE;
        }
    };
    let suite = Suite::new(options.max_message.map_or(Profile::Standard, Profile::Messages), Pause::of(TokioRuntime));
    if !options.log {
        suite.log().stop();
    }
    let served = match options.host {
        Host::Axum => axum_host::serve(suite, options.addr).await,
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("suite: cannot serve at {}: {error}", options.addr);
            ExitCode::FAILURE
        }
    }
}
