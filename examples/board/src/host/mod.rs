//! What can serve the board: one file for each host, alike but for the host's own words.

mod axum;
mod warp;

use std::{error::Error, str::FromStr};

use irori::App;
use tokio::net::TcpListener;

use crate::pages::Pages;

/// A host.
#[derive(Clone, Copy)]
pub(crate) enum Host {
    Axum,
    Warp,
}

impl Host {
    /// Serves `app` and its pages until `stop` resolves and everybody is gone.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        app: App,
        pages: Pages,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Axum => axum::serve(listener, app, pages, stop).await,
            Self::Warp => warp::serve(listener, app, pages, stop).await,
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
