//! The chat as a program: `cargo run -p chat`, then open the address it prints.

mod args;
mod stop;

use std::{
    error::Error,
    io::{Write as _, stderr, stdout},
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chat::{Clock, Tokens, site};
use irori_tokio::TokioRuntime;
use tokio::net::TcpListener;

use self::args::{Args, Ask};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Args { addr, secret } = match Args::read()? {
        Ask::Serve(args) => args,
        Ask::Help => return Ok(stdout().write_all(args::USAGE.as_bytes())?),
    };
    tracing_subscriber::fmt().with_writer(stderr).init();
    let listener = TcpListener::bind(addr).await.map_err(|error| format!("cannot listen on {addr}: {error}"))?;
    let (stop, stop_at_once) = (stop::asked(1)?, stop::asked(2)?);
    writeln!(stdout(), "open http://{}", listener.local_addr()?)?;
    tokio::select! {
        served = serve(listener, &secret, stop) => served,
        () = stop_at_once => Ok(()),
    }
}

/// Serves the app and the site around it until `stop` resolves and everybody was told goodbye.
async fn serve(
    listener: TcpListener,
    secret: &[u8],
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let clock = Clock::new(TokioRuntime, wall_clock);
    let tokens = Tokens::new(secret, clock.clone());
    let app = chat::app(tokens.clone(), clock).build()?;
    let goodbye = irori_axum::drain_on(&app, stop);
    let router = site::routes(tokens).merge(irori_axum::routes(app));
    axum::serve(listener, router).with_graceful_shutdown(goodbye).await?;
    Ok(())
}

/// The time since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the wall clock, which tokens and people go by")]
fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
