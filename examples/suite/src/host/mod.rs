//! What can serve the suite: one file for each host.

mod axum;
mod warp;

use std::{io, str::FromStr};

use irori_test::conformance::Suite;
use tokio::net::TcpListener;

/// A host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Host {
    Axum,
    Warp,
}

impl Host {
    /// Serves the suite until `stop` resolves and everybody is gone.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        suite: Suite,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        match self {
            Self::Axum => axum::serve(listener, suite, stop).await,
            Self::Warp => warp::serve(listener, suite, stop).await,
        }
    }
}

impl FromStr for Host {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "axum" => Ok(Self::Axum),
            "warp" => Ok(Self::Warp),
            _ => Err("the hosts are: axum, warp"),
        }
    }
}
