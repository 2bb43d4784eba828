//! The in-memory host: an adapter like any other, whose requests and streams never leave the process.

use http::{HeaderMap, Request, Response, StatusCode, header};
use irori::{
    Upgrade, WebSocketHelper,
    error::Refusal,
    helper::{Admission, drive},
};

use crate::{
    pipe::{ClientEnd, pipe},
    world::{MemoryRuntime, World},
};

/// The in-memory host.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    world: World,
    runtime: MemoryRuntime,
}

/// An answer of the in-memory host.
#[derive(Debug)]
pub(crate) enum Answer {
    /// No WebSocket.
    Refused(Response<String>),
    /// A WebSocket: the head of the 101, and the client's end.
    Accepted(Response<()>, ClientEnd),
}

impl Memory {
    pub(crate) fn new(world: World) -> Self {
        Self { runtime: world.runtime(), world }
    }
}

impl WebSocketHelper for Memory {
    type Request = Request<()>;
    type Pending = ();
    type Response = Answer;
    type Runtime = MemoryRuntime;

    fn runtime(&self) -> &MemoryRuntime {
        &self.runtime
    }

    fn read(&self, request: Request<()>) -> (Upgrade, ()) {
        let (parts, ()) = request.into_parts();
        let address = parts.extensions.get().copied();
        (Upgrade::new(parts).with_remote_addr(address), ())
    }

    fn refuse(&self, (): (), refusal: Refusal) -> Answer {
        Answer::Refused(refusal.response())
    }

    async fn accept(&self, (): (), admission: Admission) -> Answer {
        let head = switching_protocols(&admission);
        let (transport, client) = pipe(admission.limits().message.clone());
        self.world.spawn(drive(transport, admission, self.runtime.clone()));
        Answer::Accepted(head, client)
    }
}

fn switching_protocols(admission: &Admission) -> Response<()> {
    let mut headers = HeaderMap::new();
    headers.extend(admission.protocol().map(|protocol| (header::SEC_WEBSOCKET_PROTOCOL, protocol.clone())));
    for (name, value) in admission.headers() {
        headers.append(name, value.clone());
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = headers;
    response
}
