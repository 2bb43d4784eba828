//! Whether a request asks for a WebSocket as RFC 6455, section 4.2.1 wants it.

use http::{
    HeaderMap, HeaderName, Method,
    header::{CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};

use super::{Origins, Upgrade};
use crate::error::Refusal;

impl Upgrade {
    /// Whether it is a handshake that can be answered.
    pub(crate) fn check(&self, origins: &Origins) -> Result<(), Refusal> {
        let headers = self.headers();
        if self.extended_connect {
            check_version(headers)?;
        } else {
            if *self.method() != Method::GET {
                return Err(Refusal::MethodNotAllowed);
            }
            if !has_token(headers, CONNECTION, "upgrade") || !has_token(headers, UPGRADE, "websocket") {
                return Err(Refusal::NotAnUpgrade);
            }
            check_version(headers)?;
            if !headers.get(SEC_WEBSOCKET_KEY).is_some_and(|key| is_key(key.as_bytes())) {
                return Err(Refusal::BadKey);
            }
        }
        if self.origin_allowed(origins) { Ok(()) } else { Err(Refusal::ForeignOrigin) }
    }

    /// The host that the request was sent to.
    fn host(&self) -> Option<&str> {
        self.header(HOST.as_str()).or_else(|| self.uri().authority().map(|authority| authority.as_str()))
    }

    /// A request without an origin comes from no browser, and is allowed.
    fn origin_allowed(&self, origins: &Origins) -> bool {
        match self.headers().get(ORIGIN) {
            None => true,
            Some(origin) => origin.to_str().is_ok_and(|origin| origins.allow(origin, self.host())),
        }
    }
}

fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(SEC_WEBSOCKET_VERSION) {
        Some(version) if version == "13" => Ok(()),
        _ => Err(Refusal::UnsupportedVersion),
    }
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// 16 bytes in Base64: 22 characters and two of padding. What they say does not matter.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 5] = [
        ("host", "example.com"),
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn check(method: &str, change: (&str, Option<&str>)) -> Result<(), Refusal> {
        let mut request = http::Request::builder().method(method).uri("/__sockets");
        for (name, value) in GOOD {
            match change {
                (changed, None) if changed == name => {}
                (changed, Some(value)) if changed == name => request = request.header(name, value),
                _ => request = request.header(name, value),
            }
        }
        if let ("origin", Some(origin)) = change {
            request = request.header("origin", origin);
        }
        Upgrade::new(request.body(()).unwrap().into_parts().0).check(&Origins::default())
    }

    #[test]
    fn each_fault_has_its_answer() {
        assert_eq!(check("GET", ("", None)), Ok(()));
        assert_eq!(check("POST", ("", None)), Err(Refusal::MethodNotAllowed));
        assert_eq!(check("GET", ("upgrade", None)), Err(Refusal::NotAnUpgrade));
        assert_eq!(check("GET", ("connection", Some("close"))), Err(Refusal::NotAnUpgrade));
        assert_eq!(check("GET", ("sec-websocket-version", Some("8"))), Err(Refusal::UnsupportedVersion));
        assert_eq!(check("GET", ("sec-websocket-key", None)), Err(Refusal::BadKey));
        assert_eq!(check("GET", ("sec-websocket-key", Some("short"))), Err(Refusal::BadKey));
        assert_eq!(check("GET", ("origin", Some("https://example.com"))), Ok(()));
        assert_eq!(check("GET", ("origin", Some("https://evil.example"))), Err(Refusal::ForeignOrigin));
    }
}
