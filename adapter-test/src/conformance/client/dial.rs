use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response};

use super::Client;
use crate::conformance::harness::Host;

/// A client about to connect, with the headers of a good handshake unless they are changed.
#[must_use = "nothing happens before it connects"]
pub(crate) struct Dial {
    host: Arc<dyn Host>,
    request: Request<Bytes>,
}

impl Dial {
    pub(super) fn new(host: Arc<dyn Host>, target: String) -> Self {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = target.parse().unwrap_or_else(|error| panic!("{target} is no target: {error}"));
        for (name, value) in [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Self { host, request }
    }

    /// Uses another method.
    pub(crate) fn method(mut self, method: Method) -> Self {
        *self.request.method_mut() = method;
        self
    }

    /// Sets a header.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap_or_else(|error| panic!("{name} is no header's name: {error}"));
        let value =
            HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value} is no header's value: {error}"));
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Leaves a header out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    /// Connects.
    ///
    /// # Panics
    ///
    /// When the answer is no 101.
    pub(crate) async fn connect(self) -> Client {
        match self.attempt().await {
            Ok(client) => client,
            Err(response) => panic!("the upgrade was refused: {} {:?}", response.status(), response.body()),
        }
    }

    /// Connects, and expects an answer that is no 101.
    ///
    /// # Panics
    ///
    /// When the answer is a 101.
    pub(crate) async fn refused(self) -> Response<Bytes> {
        match self.attempt().await {
            Ok(_) => panic!("the upgrade was answered with 101"),
            Err(response) => response,
        }
    }

    /// Connects: a client when the answer is a 101, else the answer.
    pub(crate) async fn attempt(self) -> Result<Client, Response<Bytes>> {
        let upgraded = self.host.upgrade(self.request).await?;
        Ok(Client::new(upgraded, self.host))
    }

    /// Connects, and expects to be denied: a 101, and then this close frame at once.
    pub(crate) async fn denied(self, reason: &str) {
        let mut client = self.connect().await;
        assert_eq!(client.expect_close().await, (4403, reason.to_owned()));
        client.expect_end().await;
    }
}
