//! A Worker as a host: it admits upgrades, and hands connections on to objects.

use std::net::IpAddr;

use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use irori::{
    Upgrade, WebSocketHelper, define_websocket_helper,
    error::Refusal,
    helper::{Admission, Record, UpgradeWebSocket, drive},
};
use js_sys::futures::spawn_local;
use worker::{Env, WebSocket, WebSocketPair, worker_sys::ext::ResponseExt as _};

use crate::{
    attachment::BUDGET, errand::Errand, objects::Objects, runtime::WorkersRuntime, socket, transport::WorkersTransport,
};

/// The name of the binding by which objects are found, unless it is said otherwise.
pub const BINDING: &str = "IRORI";

/// A Worker, as the core sees it.
#[derive(Clone, Debug)]
pub struct Workers {
    objects: Objects,
}

/// Upgrades requests of a Worker; [`serve`](UpgradeWebSocket::serve) gives it an app. [`worker!`](crate::worker) is made of
/// it; in a router of one's own it is what a route calls.
///
/// A WebSocket is among the extensions of the response then, where `worker` looks for it.
pub fn upgrade_websocket(env: &Env, binding: &'static str) -> UpgradeWebSocket<Workers> {
    define_websocket_helper(Workers { objects: Objects::new(env.clone(), binding) })
}

impl WebSocketHelper for Workers {
    type Request = Request<()>;
    type Pending = ();
    type Response = Response<String>;
    type Runtime = WorkersRuntime;

    fn runtime(&self) -> &WorkersRuntime {
        &WorkersRuntime
    }

    /// The platform's own address is of the form `https://host/path`, and it keeps headers of the connection to itself.
    fn read(&self, request: Request<()>) -> (Upgrade, ()) {
        let (mut parts, ()) = request.into_parts();
        if let Some(target) = parts.uri.path_and_query() {
            parts.uri = Uri::from(target.clone());
        }
        if parts.headers.contains_key(header::UPGRADE) {
            parts.headers.entry(header::CONNECTION).or_insert(HeaderValue::from_static("Upgrade"));
        }
        let address = parts.headers.get("cf-connecting-ip").and_then(|ip| ip.to_str().ok()?.parse::<IpAddr>().ok());
        // The platform does not tell the port.
        (Upgrade::new(parts).with_remote_addr(address.map(|ip| (ip, 0).into())), ())
    }

    fn respond(&self, (): (), response: Response<String>) -> Response<String> {
        response
    }

    async fn accept(&self, (): (), mut admission: Admission) -> Response<String> {
        let (protocol, headers) = (admission.protocol().cloned(), admission.headers().clone());
        let socket = match admission.record(BUDGET) {
            Ok(Some(record)) => {
                drop(admission);
                self.hand_on(record).await
            }
            Ok(None) => accept_here(admission),
            Err(refusal) => Err(refusal),
        };
        let socket = match socket {
            Ok(socket) => socket,
            Err(refusal) => return refusal.response(),
        };
        let mut response = Response::new(String::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *response.headers_mut() = headers;
        response.headers_mut().extend(protocol.map(|protocol| (header::SEC_WEBSOCKET_PROTOCOL, protocol)));
        response.extensions_mut().insert(socket);
        response
    }
}

impl Workers {
    /// Brings a connection to the object where it lives.
    async fn hand_on(&self, record: Record) -> Result<WebSocket, Refusal> {
        let response = match self.objects.send(Errand::Enter(Box::new(record))).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, "the connection did not reach its object");
                return Err(Refusal::Failed);
            }
        };
        match (response.websocket(), response.status()) {
            (Some(socket), _) => Ok(socket.into()),
            (None, 503) => Err(Refusal::Full),
            (None, status) => {
                tracing::error!(status, "the object did not take the connection");
                Err(Refusal::Failed)
            }
        }
    }
}

/// Raw events, and denials, live in the Worker itself.
fn accept_here(admission: Admission) -> Result<WebSocket, Refusal> {
    let failed = |error: String| {
        tracing::error!(error, "no pair of sockets");
        Refusal::Failed
    };
    let WebSocketPair { client, server } = WebSocketPair::new().map_err(|error| failed(error.to_string()))?;
    let transport = WorkersTransport::accept(&server, admission.limits());
    let transport = transport.map_err(|error| failed(socket::words(&error)))?;
    spawn_local(drive(transport, admission, WorkersRuntime));
    Ok(client)
}
