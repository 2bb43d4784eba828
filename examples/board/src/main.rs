//! The board as a program: `cargo run -p board`, then open the address it prints.

mod args;
mod host;
mod pages;
mod stop;

use std::{
    error::Error,
    io::{Write as _, stderr, stdout},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::net::TcpListener;

use self::{
    args::{Args, Ask},
    pages::Pages,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("board: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Args { host, addr, pages } = match Args::read()? {
        Ask::Serve(args) => args,
        Ask::Help => return Ok(stdout().write_all(args::USAGE.as_bytes())?),
    };
    tracing_subscriber::fmt().with_writer(stderr).init();
    let pages = match &pages {
        Some(folder) => Pages::read(folder).map_err(|error| format!("no pages in {}: {error}", folder.display()))?,
        None => Pages::default(),
    };
    let listener = TcpListener::bind(addr).await.map_err(|error| format!("cannot listen on {addr}: {error}"))?;
    let (stop, stop_at_once) = (stop::asked(1)?, stop::asked(2)?);
    writeln!(stdout(), "open http://{}", listener.local_addr()?)?;
    tokio::select! {
        served = host.serve(listener, board::app(wall_clock), pages, stop) => served,
        () = stop_at_once => Ok(()),
    }
}

/// Milliseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the time of a message is told to people, who use the wall clock")]
fn wall_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
