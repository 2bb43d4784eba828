//! The only loop: it moves what comes from the transport into the session, what the session wants to the handler, and
//! what waits in the outbox back to the transport.

mod pump;

use std::{
    future::{Future, poll_fn},
    sync::Arc,
};

use tracing::Instrument;

use self::pump::{Next, Pump};
use crate::{
    admission::{Admission, Entrance},
    room::Sink as _,
    rt::{MaybeSend, Runtime},
    session::Session,
    transport::Transport,
};

/// Drives a connection from its 101 to its end. For adapters whose host gives a stream.
///
/// When the future is dropped half-way, the connection leaves its room and its teardowns run; what was not sent is lost,
/// and `on_close` or `on_leave`, which are async, do not run.
pub fn drive<T: Transport, R: Runtime>(
    transport: T,
    admission: Admission,
    runtime: R,
) -> impl Future<Output = ()> + MaybeSend {
    // Not an `async fn`, which would keep every argument twice.
    let Admission { unit, link, app, place, entrance, .. } = admission;
    let (now, limits) = (runtime.now(), Arc::clone(&app.limits));
    let span = tracing::debug_span!("connection", %unit, id = %link.id());
    let (mut connection, session) = match entrance {
        Entrance::Open { connection, manner } => {
            tracing::debug!(parent: &span, "opened");
            (Some(connection), Session::new(now, link.id().seed(), manner, &limits))
        }
        Entrance::Denied(frame) => (None, Session::denied(now, &frame, &limits)),
    };
    let mut pump = Pump::new(transport, session, link, limits, runtime);
    async move {
        loop {
            let event = match poll_fn(|cx| pump.poll_turn(cx)).await {
                Next::Event(event) => event,
                Next::Cancel => continue,
                Next::Finished => break,
            };
            let Some(connection) = &mut connection else {
                break; // a denied session gives no events
            };
            connection.burst(event, &mut pump).await;
        }
        // In this order: whoever waits for the last connection to go finds it gone from its rooms too.
        drop(pump);
        if let Some(connection) = connection {
            connection.end();
        }
        drop(place);
    }
    .instrument(span)
}
