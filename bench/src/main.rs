//! Measurements of a started suite, and of Workers. Run them by `cargo xtask bench`.

mod client;
mod idle;
mod reconnect;
mod server;
mod stall;
mod worker;

use std::{net::SocketAddr, process::ExitCode};

use lexopt::prelude::*;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

const USAGE: &str = "\
usage: bench idle|stall|reconnect --server PATH [--count N]
       bench hearth --addr ADDR
       bench worker --server ID@ADDR --against ID@ADDR [--count N]";

struct Options {
    what: String,
    /// The executable of the suite, or this one, or a Worker that runs.
    server: Option<String>,
    /// Where to listen.
    addr: Option<SocketAddr>,
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
    let server = options.server.ok_or(USAGE);
    match options.what.as_str() {
        "idle" => idle::run(&server?, options.count.unwrap_or(5_000)).await,
        "stall" => stall::run(&server?, options.count.unwrap_or(1_000)).await,
        "reconnect" => reconnect::run(&server?, options.count.unwrap_or(1_000)).await,
        "hearth" => reconnect::serve(options.addr.ok_or(USAGE)?).await,
        "worker" => {
            let plain = options.against.ok_or(USAGE)?.parse()?;
            worker::run(plain, server?.parse()?, options.count.unwrap_or(50)).await
        }
        _ => Err(USAGE.into()),
    }
}

fn options() -> Result<Options> {
    let mut parser = lexopt::Parser::from_env();
    let (mut what, mut server, mut addr, mut against, mut count) = (None, None, None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("server") => server = Some(parser.value()?.string()?),
            Long("addr") => addr = Some(parser.value()?.parse()?),
            Long("against") => against = Some(parser.value()?.string()?),
            Long("count") => count = Some(parser.value()?.parse()?),
            Value(value) if what.is_none() => what = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Options { what: what.ok_or(USAGE)?, server, addr, against, count })
}
