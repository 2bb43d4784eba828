use std::net::SocketAddr;

use lexopt::prelude::*;

use crate::host::Host;

const USAGE: &str = "usage: suite --host axum|warp [--addr ADDR:PORT] [--max-message BYTES] [--log on|off]";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) host: Host,
    pub(crate) addr: SocketAddr,
    pub(crate) max_message: Option<usize>,
    /// Whether the hooks write down what they do.
    pub(crate) log: bool,
}

impl Options {
    pub(crate) fn from_env() -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let mut options = Self { host: Host::Axum, addr: ([127, 0, 0, 1], 3000).into(), max_message: None, log: true };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("host") => options.host = parser.value()?.parse()?,
                Long("addr") => options.addr = parser.value()?.parse()?,
                Long("max-message") => options.max_message = Some(parser.value()?.parse()?),
                Long("log") => options.log = parser.value()? != "off",
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }
}
