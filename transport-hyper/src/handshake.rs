//! The opening handshake: RFC 6455, section 4.2.2, and RFC 8441 for HTTP/2.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE},
};
use hyper::upgrade::OnUpgrade;
use irori::{Upgrade, error::Refusal, helper::Admission, rt::Runtime};
use sha1::{Digest as _, Sha1};

use crate::serve::serve;

/// What a server adds to the key to prove that it speaks WebSocket (RFC 6455, section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What is left of a request once it was [`read`]: enough to answer it.
#[derive(Debug)]
pub struct Handshake {
    answer: Answer,
    on_upgrade: OnUpgrade,
}

/// How an upgrade is granted.
#[derive(Debug)]
enum Answer {
    /// 101, with the answer to this key.
    SwitchingProtocols(HeaderValue),
    /// 200, which is all that an extended CONNECT wants.
    Ok,
    /// Not at all: the connection cannot be upgraded. HTTP/1.0 cannot, nor can a request that came from no connection.
    Refuse,
}

/// Shows a request of hyper as an [`Upgrade`]. Its extensions go along, its body does not.
///
/// An extended CONNECT for a WebSocket counts as one, with the feature `http2`.
pub fn read<B>(mut request: Request<B>) -> (Upgrade, Handshake) {
    let offered = request.extensions().get::<OnUpgrade>().is_some();
    let on_upgrade = hyper::upgrade::on(&mut request);
    let extended_connect = is_extended_connect(&request);
    let answer = match request.headers().get(SEC_WEBSOCKET_KEY) {
        _ if !offered => Answer::Refuse,
        _ if extended_connect => Answer::Ok,
        Some(key) => Answer::SwitchingProtocols(key.clone()),
        None => Answer::Refuse,
    };
    let upgrade = Upgrade::new(request.into_parts().0);
    let upgrade = if extended_connect { upgrade.with_extended_connect() } else { upgrade };
    (upgrade, Handshake { answer, on_upgrade })
}

impl Handshake {
    /// The answer to an upgrade that was admitted, and the connection, to be spawned as one task.
    ///
    /// The answer is 101 over HTTP/1.1 and 200 over HTTP/2, with the admission's protocol and headers. When the host
    /// took away what it takes to upgrade, it is 426, and the connection ends at once.
    pub fn accept<R: Runtime>(
        self,
        admission: Admission,
        runtime: R,
    ) -> (Response<()>, impl Future<Output = ()> + Send + 'static) {
        let response = self.answer.response(&admission);
        (response, serve(self.on_upgrade, admission, runtime))
    }
}

impl Answer {
    fn response(&self, admission: &Admission) -> Response<()> {
        let mut response = Response::new(());
        let headers = response.headers_mut();
        headers.clone_from(admission.headers());
        headers.extend(admission.protocol().map(|protocol| (SEC_WEBSOCKET_PROTOCOL, protocol.clone())));
        match self {
            Self::SwitchingProtocols(key) => {
                switch_protocols(headers, key);
                *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            }
            Self::Ok => {}
            Self::Refuse => return Refusal::NotAnUpgrade.response().map(drop),
        }
        response
    }
}

fn switch_protocols(headers: &mut HeaderMap, key: &HeaderValue) {
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.extend(accept_key(key.as_bytes()).map(|accept| (SEC_WEBSOCKET_ACCEPT, accept)));
}

/// The `Sec-WebSocket-Accept` of a key. Base64 is always a header's value.
fn accept_key(key: &[u8]) -> Option<HeaderValue> {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    HeaderValue::try_from(STANDARD.encode(digest)).ok()
}

#[cfg(feature = "http2")]
fn is_extended_connect<B>(request: &Request<B>) -> bool {
    let protocol = request.extensions().get::<hyper::ext::Protocol>();
    *request.method() == http::Method::CONNECT && protocol.is_some_and(|protocol| protocol.as_str() == "websocket")
}

#[cfg(not(feature = "http2"))]
fn is_extended_connect<B>(_: &Request<B>) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_answered_as_in_the_example_of_the_rfc() {
        let accept = accept_key(b"dGhlIHNhbXBsZSBub25jZQ==").unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn what_came_from_no_connection_is_not_upgraded() {
        let request = Request::get("/echo").header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==").body(()).unwrap();
        assert!(matches!(read(request).1.answer, Answer::Refuse));
    }
}
