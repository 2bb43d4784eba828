use std::{
    env::{self, VarError},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use lexopt::{Arg, Error, Parser, ValueExt as _};

use crate::host::Host;

/// The answer to `--help`.
pub(crate) const USAGE: &str = "\
Usage: board [--host HOST] [--addr ADDRESS] [--pages FOLDER]

  --host HOST     What serves the board: axum (default) or warp
  --addr ADDRESS  Where, such as 127.0.0.1:8080 (default: port PORT of the environment,
                  or 3000, on 127.0.0.1; port 0 is any that is free)
  --pages FOLDER  What `cargo xtask page build` wrote, which is served too: the page in Rust at /rust
";

const DEFAULT_PORT: u16 = 3000;

/// What the program is asked to do.
pub(crate) enum Ask {
    Serve(Args),
    Help,
}

/// How to serve.
pub(crate) struct Args {
    pub(crate) host: Host,
    pub(crate) addr: SocketAddr,
    pub(crate) pages: Option<PathBuf>,
}

impl Args {
    /// Reads the command line, and `PORT`.
    pub(crate) fn read() -> Result<Ask, Error> {
        let (mut host, mut addr, mut pages) = (Host::Axum, None, None);
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("host") => host = parser.value()?.parse()?,
                Arg::Long("addr") => addr = Some(parser.value()?.parse()?),
                Arg::Long("pages") => pages = Some(parser.value()?.into()),
                Arg::Long("help") | Arg::Short('h') => return Ok(Ask::Help),
                other => return Err(other.unexpected()),
            }
        }
        let addr = addr.map_or_else(default_addr, Ok)?;
        Ok(Ask::Serve(Self { host, addr, pages }))
    }
}

fn default_addr() -> Result<SocketAddr, Error> {
    let port = match env::var("PORT") {
        Ok(port) => port.parse().map_err(|error| format!("PORT is {port:?}: {error}"))?,
        Err(VarError::NotPresent) => DEFAULT_PORT,
        Err(error) => return Err(format!("PORT: {error}").into()),
    };
    Ok((Ipv4Addr::LOCALHOST, port).into())
}
