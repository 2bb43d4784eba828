use std::fmt;

use http::{
    HeaderValue, Response, StatusCode,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE},
};

/// Why a request gets an HTTP answer and no WebSocket (PROTOCOL.md, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// No route of the app has this path: 404.
    NoSuchRoute,
    /// A WebSocket is asked for with GET (RFC 6455, section 4.1): 405.
    MethodNotAllowed,
    /// The request asks for no upgrade to a WebSocket: 426.
    NotAnUpgrade,
    /// A version other than 13 (RFC 6455, section 4.4): 426, with the version that would do.
    UnsupportedVersion,
    /// `Sec-WebSocket-Key` is missing, or is not 16 bytes of Base64: 400.
    BadKey,
    /// The request has a body, which no upgrade has: 400. What followed could be taken for frames.
    HasBody,
    /// The target and the headers are over `limits.upgrade.head_bytes`: 431.
    HeadTooLarge,
    /// The origin is not allowed: 403.
    ForeignOrigin,
    /// A guard, `data` or the app failed: 500. The cause went to the error hook.
    Failed,
    /// The host drains: 503.
    Draining,
    /// A limit of connections, rooms or members is reached: 503.
    Full,
    /// Guards and `data` took too long: 503.
    TimedOut,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NoSuchRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAnUpgrade | Self::UnsupportedVersion => StatusCode::UPGRADE_REQUIRED,
            Self::BadKey | Self::HasBody => StatusCode::BAD_REQUEST,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Draining | Self::Full | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The whole answer: status, the headers that go with it, and one line that says why.
    pub fn response(self) -> Response<String> {
        let mut response = Response::new(format!("{self}\n"));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        match self {
            Self::MethodNotAllowed => {
                headers.insert(ALLOW, HeaderValue::from_static("GET"));
            }
            Self::NotAnUpgrade | Self::UnsupportedVersion => {
                // RFC 9110, section 7.8: who sends `Upgrade` says so in `Connection`.
                headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            Self::Draining | Self::Full | Self::TimedOut => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchRoute => "no WebSocket is served at this path",
            Self::MethodNotAllowed => "a WebSocket is asked for with GET",
            Self::NotAnUpgrade => "this address speaks WebSocket only",
            Self::UnsupportedVersion => "only version 13 of the WebSocket protocol is spoken here",
            Self::BadKey => "Sec-WebSocket-Key is missing or not 16 bytes of Base64",
            Self::HasBody => "a request for a WebSocket has no body",
            Self::HeadTooLarge => "the headers of the request are too large",
            Self::ForeignOrigin => "this origin may not connect",
            Self::Failed => "internal error",
            Self::Draining => "this host is shutting down",
            Self::Full => "no more connections are taken now",
            Self::TimedOut => "the upgrade took too long",
        })
    }
}

impl std::error::Error for Refusal {}
