use std::{
    env::{self, VarError},
    net::{Ipv4Addr, SocketAddr},
};

use irori::rt::Runtime as _;
use irori_tokio::TokioRuntime;
use lexopt::{Arg, Error, Parser, ValueExt as _};

/// The answer to `--help`.
pub(crate) const USAGE: &str = "\
Usage: chat [--addr ADDRESS]

  --addr ADDRESS  Where, such as 127.0.0.1:8080 (default: port PORT of the environment,
                  or 3000, on 127.0.0.1; port 0 is any that is free)

CHAT_SECRET in the environment, of 32 bytes or more, signs the tokens. Without it each start has a secret of its own,
and tokens of an earlier one are denied.
";

const DEFAULT_PORT: u16 = 3000;

/// The environment variable of the secret.
const SECRET: &str = "CHAT_SECRET";

/// Bytes of a secret: RFC 7518, section 3.2, wants as many as SHA-256 gives.
const SECRET_BYTES: usize = 32;

/// What the program is asked to do.
pub(crate) enum Ask {
    Serve(Args),
    Help,
}

/// How to serve.
pub(crate) struct Args {
    pub(crate) addr: SocketAddr,
    pub(crate) secret: Vec<u8>,
}

impl Args {
    /// Reads the command line and the environment.
    pub(crate) fn read() -> Result<Ask, Error> {
        let mut addr = None;
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("addr") => addr = Some(parser.value()?.parse()?),
                Arg::Long("help") | Arg::Short('h') => return Ok(Ask::Help),
                other => return Err(other.unexpected()),
            }
        }
        let addr = addr.map_or_else(default_addr, Ok)?;
        Ok(Ask::Serve(Self { addr, secret: secret()? }))
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

fn secret() -> Result<Vec<u8>, Error> {
    match env::var_os(SECRET) {
        None => Ok([TokioRuntime.random(), TokioRuntime.random()].map(u128::to_ne_bytes).concat()),
        Some(secret) if secret.len() >= SECRET_BYTES => Ok(secret.into_encoded_bytes()),
        Some(_) => Err(format!("{SECRET} has less than {SECRET_BYTES} bytes").into()),
    }
}
