//! irori on hyper itself: an adapter of one's own, for a host that has none.
//!
//! How it is written, step by step, is a chapter of [`irori::helper`]. Its code is this code, word for word.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use irori::{Upgrade, WebSocketHelper, helper::Admission, rt::sleep};
use irori_hyper::{Handshake, TokioRuntime};
use tokio::net::TcpListener;

/// hyper, as the core sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hyper;

impl WebSocketHelper for Hyper {
    type Request = Request<Incoming>;
    type Pending = Handshake;
    type Response = Response<Full<Bytes>>;
    type Runtime = TokioRuntime;

    fn runtime(&self) -> &TokioRuntime {
        &TokioRuntime
    }

    fn read(&self, request: Request<Incoming>) -> (Upgrade, Handshake) {
        let (upgrade, handshake) = irori_hyper::read(request);
        let address = upgrade.extension().copied();
        (upgrade.with_remote_addr(address), handshake)
    }

    fn respond(&self, _: Handshake, response: Response<String>) -> Response<Full<Bytes>> {
        response.map(Full::from)
    }

    async fn accept(&self, handshake: Handshake, admission: Admission) -> Response<Full<Bytes>> {
        let (response, connection) = handshake.accept(admission, TokioRuntime);
        tokio::spawn(connection);
        response.map(|()| Full::default())
    }
}

/// Serves without end. `answer` is given every request, with the peer's address among its extensions.
pub async fn serve<F, A>(listener: TcpListener, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection was accepted");
                sleep(&TokioRuntime, Duration::from_secs(1)).await; // out of file descriptors, say: some may come free
                continue;
            }
        };
        let answer = answer.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(address);
            let answer = answer(request);
            async { Ok::<_, Infallible>(answer.await) }
        });
        let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
        // What goes wrong in it is between hyper and that client.
        tokio::spawn(connection.with_upgrades());
    }
}
