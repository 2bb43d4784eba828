use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
};

use irori::rt::Runtime as _;
use irori_tokio::TokioRuntime;
use lexopt::{Arg, Error, Parser, ValueExt as _};

/// The answer to `--help`.
pub(crate) const USAGE: &str = "\
Usage: chat [--addr ADDRESS]

  --addr ADDRESS  Where, such as 127.0.0.1:8080 (default: 127.0.0.1:3000; port 0 is any that is free)

CHAT_SECRET in the environment, of 32 bytes or more, signs the tokens. Without it each start has a secret of its own,
and tokens of an earlier one are denied.
";

const DEFAULT_ADDR: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 3000);

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
        let mut addr = DEFAULT_ADDR.into();
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("addr") => addr = parser.value()?.parse()?,
                Arg::Long("help") | Arg::Short('h') => return Ok(Ask::Help),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Ask::Serve(Self { addr, secret: secret()? }))
    }
}

fn secret() -> Result<Vec<u8>, Error> {
    match env::var_os(SECRET) {
        None => Ok([TokioRuntime.random(), TokioRuntime.random()].map(u128::to_ne_bytes).concat()),
        Some(secret) if secret.len() >= SECRET_BYTES => Ok(secret.into_encoded_bytes()),
        Some(_) => Err(format!("{SECRET} has less than {SECRET_BYTES} bytes").into()),
    }
}
