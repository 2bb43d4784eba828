//! Clients over tokio.

mod connection;
mod line;
mod refused;
mod tcp;
#[cfg(feature = "rustls")]
mod tls;

#[cfg(feature = "rustls")]
use std::sync::Arc;

use http::{HeaderValue, Uri, header::SEC_WEBSOCKET_PROTOCOL, uri::Scheme};
use irori::rt::{BoxError, Now, Runtime};
use irori_tokio::{TokioRuntime, TokioTimer};
#[cfg(feature = "rustls")]
use tokio_rustls::rustls;
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{
        Error, client::IntoClientRequest, handshake::client::Request as Handshake, protocol::WebSocketConfig,
    },
};

use self::line::Line;
pub use self::{connection::NativeConnection, refused::Refused};
use crate::{endpoint::Request, platform::Platform};

/// Bytes of a message that a server sends. A longer one is answered by 1009.
const MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that are read at a time, of which each connection has a buffer.
const READ_BYTES: usize = 16 * 1024;

/// Clients on tokio: its runtime, and tokio-tungstenite.
///
/// A server from which nothing comes for 40 s is pinged, and taken for lost when nothing comes within 10 s more: so a cable
/// that was cut is noticed. A message has at most 64 MiB. Nothing is heard of the network: who gave up stays closed, until
/// `set_enabled(true)`.
///
/// `wss:` trusts the roots of Mozilla, unless it is told otherwise (`with_tls`, with the feature `rustls`).
#[derive(Clone, Debug, Default)]
pub struct Native {
    #[cfg(feature = "rustls")]
    tls: Option<Arc<rustls::ClientConfig>>,
}

#[cfg(feature = "rustls")]
impl Native {
    /// With a configuration of one's own for `wss:`: roots of one's own, a certificate for the client.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use irori_client::{Native, Options, rustls};
    ///
    /// # fn connect(config: rustls::ClientConfig) {
    /// let options = Options::through_to(Native::with_tls(Arc::new(config)), "https://board.internal");
    /// # }
    /// ```
    pub fn with_tls(config: Arc<rustls::ClientConfig>) -> Self {
        Self { tls: Some(config) }
    }
}

impl Runtime for Native {
    type Timer = TokioTimer;

    fn now(&self) -> Now {
        TokioRuntime.now()
    }

    fn timer(&self) -> TokioTimer {
        TokioRuntime.timer()
    }

    fn random(&self) -> u128 {
        TokioRuntime.random()
    }
}

impl Platform for Native {
    type Connection = NativeConnection;

    async fn dial(&self, request: Request) -> Result<NativeConnection, BoxError> {
        let handshake = handshake(request)?;
        let line = self.connect(handshake.uri()).await?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES));
        let (socket, _) = client_async_with_config(handshake, line, Some(config)).await.map_err(readable)?;
        Ok(NativeConnection::new(socket))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }
}

impl Native {
    async fn connect(&self, uri: &Uri) -> Result<Line, BoxError> {
        let host = uri.host().ok_or("an address without a host")?;
        let is_secure = uri.scheme().map(Scheme::as_str) == Some("wss");
        if is_secure && cfg!(not(feature = "rustls")) {
            return Err("`wss:` and `https:` need the feature `rustls` of irori-client".into());
        }
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let stream = tcp::connect(host, port).await?;
        // What is sent is whole messages, which are to leave at once.
        stream.set_nodelay(true)?;
        #[cfg(feature = "rustls")]
        if is_secure {
            return Ok(Line::new(tls::connect(self.tls.clone(), host, stream).await?));
        }
        Ok(Line::new(stream))
    }
}

fn handshake(request: Request) -> Result<Handshake, BoxError> {
    let Request { url, headers, protocols } = request;
    let mut handshake = url.into_client_request()?;
    handshake.headers_mut().extend(headers);
    if !protocols.is_empty() {
        handshake.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::try_from(protocols.join(", "))?);
    }
    Ok(handshake)
}

fn readable(error: Error) -> BoxError {
    match error {
        Error::Http(response) => Refused::new(response.status(), response.headers()).into(),
        Error::Io(error) => error.into(),
        error => error.into(),
    }
}
