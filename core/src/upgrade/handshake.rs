//! Whether a request asks for a WebSocket as RFC 6455, section 4.2.1 wants it.

use http::{
    HeaderMap, HeaderName, Method, Version,
    header::{
        CONNECTION, CONTENT_LENGTH, HOST, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
    },
};

use super::{Origins, Upgrade};
use crate::error::Refusal;

impl Upgrade {
    /// Whether it is a handshake that can be answered.
    pub(crate) fn check(&self, origins: &Origins, head_bytes: usize) -> Result<(), Refusal> {
        let headers = self.headers();
        if self.head_bytes() > head_bytes {
            return Err(Refusal::HeadTooLarge);
        }
        if self.extended_connect {
            check_version(headers)?;
        } else {
            if *self.method() != Method::GET {
                return Err(Refusal::MethodNotAllowed);
            }
            if self.version() < Version::HTTP_11
                || !has_token(headers, CONNECTION, "upgrade")
                || !has_token(headers, UPGRADE, "websocket")
            {
                return Err(Refusal::NotAnUpgrade);
            }
            check_version(headers)?;
            if !headers.get(SEC_WEBSOCKET_KEY).is_some_and(|key| is_key(key.as_bytes())) {
                return Err(Refusal::BadKey);
            }
            if has_body(headers) {
                return Err(Refusal::HasBody);
            }
        }
        if self.origin_allowed(origins) { Ok(()) } else { Err(Refusal::ForeignOrigin) }
    }

    fn head_bytes(&self) -> usize {
        let target = self.uri().path_and_query().map_or(0, |target| target.as_str().len());
        self.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() + target
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

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
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
        if let (name @ ("origin" | "content-length" | "transfer-encoding" | "x"), Some(value)) = change {
            request = request.header(name, value);
        }
        Upgrade::new(request.body(()).unwrap().into_parts().0).check(&Origins::default(), 1_000)
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
        assert_eq!(check("GET", ("content-length", Some("14"))), Err(Refusal::HasBody));
        assert_eq!(check("GET", ("content-length", Some("0"))), Ok(()));
        assert_eq!(check("GET", ("transfer-encoding", Some("chunked"))), Err(Refusal::HasBody));
        assert_eq!(check("GET", ("x", Some(&"y".repeat(1_000)))), Err(Refusal::HeadTooLarge));
        assert_eq!(check("GET", ("origin", Some("https://example.com"))), Ok(()));
        assert_eq!(check("GET", ("origin", Some("https://evil.example"))), Err(Refusal::ForeignOrigin));
    }
}
