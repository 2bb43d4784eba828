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
    app::Shared,
    handler::DynConnection,
    hub::Place,
    link::Link,
    resume::Keep,
    room::Sink as _,
    rt::{MaybeSend, Runtime},
    session::{Event, Session},
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
    let span = span(&unit, &link);
    let (connection, session) = match entrance {
        Entrance::Open { connection, manner } => {
            tracing::debug!(parent: &span, "opened");
            (Some(connection), Session::new(now, link.id().seed(), manner, &limits))
        }
        Entrance::Denied(frame) => (None, Session::denied(now, &frame, &limits)),
    };
    run(Pump::new(transport, session, link, limits, runtime), connection, place, ()).instrument(span)
}

/// Drives a connection whose memory was gone, from wherever it was to its end.
pub(crate) fn resume<T: Transport, R: Runtime, K: Keep>(
    transport: T,
    resumed: Resumed,
    runtime: R,
    keep: K,
) -> impl Future<Output = ()> + MaybeSend {
    let Resumed { unit, link, app, place, connection, session } = resumed;
    let span = span(&unit, &link);
    let pump = Pump::new(transport, session, link, Arc::clone(&app.limits), runtime).keeping();
    run(pump, Some(connection), place, keep).instrument(span)
}

/// A connection that was made anew.
pub(crate) struct Resumed {
    pub(crate) unit: Arc<str>,
    pub(crate) link: Arc<Link>,
    pub(crate) app: Arc<Shared>,
    pub(crate) place: Place,
    pub(crate) connection: Box<dyn DynConnection>,
    pub(crate) session: Session,
}

#[expect(clippy::manual_async_fn, reason = "an `async fn` keeps every argument twice")]
fn run<T: Transport, R: Runtime, K: Keep>(
    mut pump: Pump<T, R>,
    mut connection: Option<Box<dyn DynConnection>>,
    place: Place,
    mut keep: K,
) -> impl Future<Output = ()> + MaybeSend {
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
            keep.at_work(true);
            if K::KEEPS && matches!(event, Event::Close(_)) {
                keep.leave(pump.id());
            }
            connection.burst(event, &mut pump).await;
            if K::KEEPS {
                pump.keep(&mut keep, &mut **connection);
            }
            keep.at_work(false);
        }
        keep.end();
        // In this order: whoever waits for the last connection to go finds it gone from its rooms too.
        drop(pump);
        if let Some(connection) = connection {
            connection.end();
        }
        drop(place);
    }
}

fn span(unit: &str, link: &Arc<Link>) -> tracing::Span {
    tracing::debug_span!("connection", unit, id = %link.id())
}
