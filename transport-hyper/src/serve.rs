//! One connection, from its answer to its end.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use irori::{
    helper::{Admission, drive},
    rt::Runtime,
};

use crate::{engine::Engine, stream::into_tcp};

/// Waits for the upgrade that was promised to the client, and drives the connection to its end.
///
/// When the client is gone before that, the admission is dropped: its place in the count of connections is free again,
/// and no hook of the app runs.
pub(crate) async fn serve<R: Runtime>(on_upgrade: OnUpgrade, admission: Admission, runtime: R) {
    let upgraded = match on_upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(connection = %admission.id(), %error, "never upgraded");
            return;
        }
    };
    let limits = &admission.limits().message;
    match into_tcp(upgraded) {
        Ok((stream, read)) => {
            let engine = Engine::new(stream, &read, limits);
            drop(read); // hyper's buffer, several KiB
            drive(engine, admission, runtime).await;
        }
        Err(upgraded) => {
            let engine = Engine::new(TokioIo::new(upgraded), &[], limits);
            drive(engine, admission, runtime).await;
        }
    }
}
