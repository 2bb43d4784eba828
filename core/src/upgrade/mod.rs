//! The request that asks for a WebSocket, as every host shows it.

mod handshake;
mod origin;
mod raw;

use std::net::SocketAddr;

use http::{HeaderMap, HeaderValue, Method, Uri, Version, header, request::Parts};

pub use self::{origin::Origins, raw::Raw};
use crate::channel::Params;

/// A request that asks for a WebSocket: what guards, `data` and raw events decide by.
#[derive(Debug)]
pub struct Upgrade {
    parts: Parts,
    params: Params,
    remote_addr: Option<SocketAddr>,
    extended_connect: bool,
}

impl Upgrade {
    /// A request as the host read it. For adapters, and for tests of guards.
    ///
    /// ```
    /// let (parts, ()) = http::Request::get("/__sockets?m=a&s=b").body(()).unwrap().into_parts();
    /// let upgrade = irori::Upgrade::new(parts);
    /// assert_eq!(upgrade.query("m").as_deref(), Some("a"));
    /// ```
    pub fn new(parts: Parts) -> Self {
        Self { parts, params: Params::new(), remote_addr: None, extended_connect: false }
    }

    /// Says where the peer is.
    pub fn with_remote_addr(mut self, address: Option<SocketAddr>) -> Self {
        self.remote_addr = address;
        self
    }

    /// Says that it is an extended CONNECT of HTTP/2 for a WebSocket (RFC 8441), which has neither a key nor a
    /// `Connection` header.
    pub fn with_extended_connect(mut self) -> Self {
        self.extended_connect = true;
        self
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The target of the request.
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The path of the target.
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// The version of HTTP.
    pub fn version(&self) -> Version {
        self.parts.version
    }

    /// A query param, decoded: its first occurrence counts, `+` is a space, an invalid `%ZZ` stays as it is.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.parts.uri.query()?;
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// A header, when it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// A cookie, not decoded; a pair of quotes around it is taken off (RFC 6265, section 4.1.1).
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.parts.headers.get_all(header::COOKIE).into_iter();
        // Pair by pair, so that one that is no text hides none beside it.
        let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        let mut texts = pairs.filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
        let (_, value) = texts.find(|(key, _)| *key == name)?;
        Some(value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value))
    }

    /// Sets the params. For tests of guards: the app sets them itself.
    pub fn with_params(mut self, params: Params) -> Self {
        self.params = params;
        self
    }

    /// What the host or its middleware attached to the request: a signed-in user, say.
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.parts.extensions.get()
    }

    /// All that was attached to the request.
    pub fn extensions(&self) -> &http::Extensions {
        &self.parts.extensions
    }

    /// The key params of a socket or room, or the params of a raw route's path.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// One of the params.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.value(name)
    }

    /// The peer's address, where the host knows it.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr
    }

    /// The subprotocols that the client offers, in its order.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        let lines = self.parts.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim)
    }

    /// The first subprotocol that the client offers and that is spoken (RFC 6455, section 4.2.2).
    pub(crate) fn pick<T: AsRef<str>>(&self, spoken: &[T]) -> Option<HeaderValue> {
        let picked = self.protocols().find(|offered| spoken.iter().any(|known| known.as_ref() == *offered))?;
        HeaderValue::from_str(picked).ok()
    }

    pub(crate) fn set_params(&mut self, params: Params) {
        self.params = params;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upgrade(uri: &str, cookies: &[&str]) -> Upgrade {
        let request = cookies.iter().fold(http::Request::get(uri), |request, cookie| request.header("cookie", *cookie));
        Upgrade::new(request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn queries_are_decoded_as_the_protocol_says() {
        let upgrade = upgrade("/__sockets?m=src%2Fpages%2Fchat&m=second&s=a+b&r=%ZZ&n", &[]);
        assert_eq!(upgrade.query("m").as_deref(), Some("src/pages/chat"));
        assert_eq!(upgrade.query("s").as_deref(), Some("a b"));
        assert_eq!(upgrade.query("r").as_deref(), Some("%ZZ"));
        assert_eq!(upgrade.query("n").as_deref(), Some(""));
        assert_eq!(upgrade.query("x"), None);
    }

    #[test]
    fn a_cookie_that_is_no_text_hides_no_other() {
        let line = http::HeaderValue::from_bytes(b"theme=\xE9; name=Ada").unwrap();
        let request = http::Request::get("/").header("cookie", line).body(()).unwrap();
        assert_eq!(Upgrade::new(request.into_parts().0).cookie("name"), Some("Ada"));
    }

    #[test]
    fn cookies_are_found_in_any_header_line() {
        let upgrade = upgrade("/", &["a=1; name=\"Ada\"", "b=x=y"]);
        assert_eq!(upgrade.cookie("name"), Some("Ada"));
        assert_eq!(upgrade.cookie("b"), Some("x=y"));
        assert_eq!(upgrade.cookie("c"), None);
    }
}
