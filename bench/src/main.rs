//! Measurements of a started suite, and of Workers. Run them by `cargo xtask bench`.

mod client;
mod idle;
mod server;
mod stall;
mod worker;

use std::process::ExitCode;

use lexopt::prelude::*;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

const USAGE: &str = "\
usage: bench idle|stall --server PATH [--count N]
       bench worker --server ID@ADDR --against ID@ADDR [--count N]";

struct Options {
    what: String,
    /// The executable of the suite, or a Worker that runs.
    server: String,
    /// The Worker that it is held against.
    against: Option<String>,
    count: Option<usize>,
}

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a command tells its user what went wrong")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let options = options()?;
    match options.what.as_str() {
        "idle" => idle::run(&options.server, options.count.unwrap_or(5_000)).await,
        "stall" => stall::run(&options.server, options.count.unwrap_or(1_000)).await,
        "worker" => {
            let plain = options.against.ok_or(USAGE)?.parse()?;
            worker::run(plain, options.server.parse()?, options.count.unwrap_or(50)).await
        }
        _ => Err(USAGE.into()),
    }
}

fn options() -> Result<Options> {
    let mut parser = lexopt::Parser::from_env();
    let (mut what, mut server, mut against, mut count) = (None, None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("server") => server = Some(parser.value()?.string()?),
            Long("against") => against = Some(parser.value()?.string()?),
            Long("count") => count = Some(parser.value()?.parse()?),
            Value(value) if what.is_none() => what = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Options { what: what.ok_or(USAGE)?, server: server.ok_or(USAGE)?, against, count })
}
