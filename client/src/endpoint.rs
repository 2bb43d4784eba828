use std::fmt;

use form_urlencoded::Serializer;
use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{AUTHORIZATION, InvalidHeaderValue},
    uri::Scheme,
};
use irori::rt::BoxError;

/// Where sockets and rooms are when an address has no path (PROTOCOL.md, section 1).
const PATH: &str = "/__sockets";

/// Where to connect, and with what.
///
/// ```
/// use irori_client::Endpoint;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let endpoint = Endpoint::new("https://board.example").bearer("a.b.c")?.query("tenant", "hearth");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Endpoint {
    url: String,
    headers: HeaderMap,
    protocols: Vec<String>,
    query: Vec<(String, String)>,
}

impl Endpoint {
    /// A server, by its URL: `ws:`, `wss:`, `http:` or `https:`. Without a path it is that of sockets and rooms,
    /// `/__sockets`. In a browser it may be a path alone, such as `/live`, of where the page came from.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// Adds a header to the request. Browsers can send none: use [`query`](Self::query) or [`protocol`](Self::protocol) there.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds a token as `Authorization: Bearer` (RFC 6750).
    ///
    /// # Errors
    ///
    /// When the token cannot be in a header.
    pub fn bearer(self, token: &str) -> Result<Self, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
        value.set_sensitive(true);
        Ok(self.header(AUTHORIZATION, value))
    }

    /// Offers a subprotocol, after those before.
    pub fn protocol(mut self, protocol: impl Into<String>) -> Self {
        self.protocols.push(protocol.into());
        self
    }

    /// Adds a query param, a token for one. The client's own are `m`, `s`, `r` and `c` (PROTOCOL.md, section 1).
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The request for what is at `target` there.
    pub(crate) fn request(self, target: &[(&str, &str)]) -> Result<Request, BoxError> {
        let uri: Uri = self.url.parse().map_err(|error| format!("{:?} is no address: {error}", shown(&self.url)))?;
        let own = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // Of what comes twice a server takes the first.
        let query = Serializer::new(String::new()).extend_pairs(target).extend_pairs(own).finish();
        let given = uri.query().map(|query| format!("&{query}")).unwrap_or_default();
        let path = match uri.path() {
            "" | "/" => PATH,
            path => path,
        };
        let url = format!("{}{path}?{query}{given}", self.origin(&uri)?);
        Ok(Request { url, headers: self.headers, protocols: self.protocols })
    }

    /// `ws://host:port`, or nothing of what is relative.
    fn origin(&self, uri: &Uri) -> Result<String, BoxError> {
        let scheme = match uri.scheme().map(Scheme::as_str) {
            None if uri.authority().is_none() => return Ok(String::new()),
            Some("ws" | "http") => "ws",
            Some("wss" | "https") => "wss",
            _ => {
                let url = shown(&self.url);
                return Err(format!("{url} is no address of a WebSocket: write ws:, wss:, http: or https:").into());
            }
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(
                "a name and password in an address are not sent: use a header, a query param or a subprotocol".into()
            );
        }
        Ok(format!("{scheme}://{authority}"))
    }
}

/// Without what may be a secret: the values of the query, the subprotocols, and headers that are marked as
/// [sensitive](HeaderValue::set_sensitive).
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("Endpoint")
            .field("url", &shown(&self.url))
            .field("headers", &self.headers)
            .field("protocols", &self.protocols.len())
            .field("query", &query)
            .finish()
    }
}

impl From<&str> for Endpoint {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for Endpoint {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

/// What a [`Platform`](crate::platform::Platform) is asked to connect with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The whole URL, `ws:` or `wss:`; or relative to the page.
    pub url: String,
    /// Headers beside those of the handshake.
    pub headers: HeaderMap,
    /// Subprotocols that are offered, the most wanted first.
    pub protocols: Vec<String>,
}

/// As that of [`Endpoint`].
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("url", &shown(&self.url))
            .field("headers", &self.headers)
            .field("protocols", &self.protocols.len())
            .finish()
    }
}

/// An address without its query, in which tokens are, and without a name and password.
fn shown(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) =
        plain.split_once("://").map_or(("", plain), |(scheme, rest)| (&plain[..scheme.len() + 3], rest));
    let host = rest.split('/').next().unwrap_or_default().rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}{}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(endpoint: Endpoint) -> Result<String, String> {
        let target = [("m", "src/chat"), ("s", "chat"), ("r", "{}")];
        endpoint.request(&target).map(|request| request.url).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_becomes_a_request() {
        let query = "m=src%2Fchat&s=chat&r=%7B%7D";
        for (address, expected) in [
            ("http://localhost:3000", format!("ws://localhost:3000/__sockets?{query}")),
            ("https://board.example/", format!("wss://board.example/__sockets?{query}")),
            ("wss://[::1]/api/live?v=1", format!("wss://[::1]/api/live?{query}&v=1")),
            ("/api/live", format!("/api/live?{query}")),
            ("/", format!("/__sockets?{query}")),
        ] {
            assert_eq!(url(address.into()).unwrap(), expected, "{address}");
        }
        let own = Endpoint::new("ws://host?s=other").query("token", "a+b&c").query("m", "other");
        let expected = format!("ws://host/__sockets?{query}&token=a%2Bb%26c&m=other&s=other");
        assert_eq!(url(own).unwrap(), expected, "of what comes twice a server takes the first");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "ftp://host", "host:3000/live", "ws://", "http://a b", "ws://ada:secret@host"] {
            assert!(url(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let endpoint = |url: &str| {
            let endpoint = Endpoint::new(url).query("token", "SECRET").protocol("SECRET");
            endpoint.bearer("SECRET").unwrap()
        };
        let whole = endpoint("http://host/live?token=SECRET");
        let refused = ["ftp://a:SECRET@host?token=SECRET", "http://a b?token=SECRET", "ws://a:SECRET@b@host/live"];
        let refused = refused.map(|bad| format!("{:?} {}", endpoint(bad), url(endpoint(bad)).unwrap_err()));
        let request = whole.clone().request(&[]).unwrap();
        for text in [format!("{whole:?}"), format!("{request:?}"), refused.concat()] {
            assert!(!text.contains("SECRET") && text.contains("://"), "{text}");
        }
    }
}
