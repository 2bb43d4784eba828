use http::Uri;

/// Which pages may connect. A page's browser names its origin, and no page can lie about it.
///
/// Without this check any page that a user opens could connect with that user's cookies (cross-site WebSocket
/// hijacking). Clients that are no browsers send no origin, and are allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origins {
    /// Pages that came from the host that they connect to, port included.
    #[default]
    Same,
    /// Pages of these origins, such as `https://app.example`, and no other.
    List(Vec<String>),
    /// Pages of any origin: for services that take no cookies.
    Any,
}

impl Origins {
    /// Pages of these origins.
    pub fn list<T: Into<String>>(origins: impl IntoIterator<Item = T>) -> Self {
        Self::List(origins.into_iter().map(Into::into).collect())
    }

    pub(crate) fn allow(&self, origin: &str, host: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::List(list) => list.iter().any(|allowed| allowed == origin),
            Self::Same => host.is_some_and(|host| is_same(origin, host)),
        }
    }
}

/// Whether an origin names this host. The scheme decides the port where none is written; whether it is `http` or
/// `https` cannot be told behind a proxy.
fn is_same(origin: &str, host: &str) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let default_port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return false,
    };
    let Ok(host) = host.parse::<http::uri::Authority>() else {
        return false;
    };
    let port = |port: Option<u16>| port.unwrap_or(default_port);
    origin.host().is_some_and(|name| name.eq_ignore_ascii_case(host.host()))
        && port(origin.port_u16()) == port(host.port_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_origin_is_exact() {
        for (origin, host, same) in [
            ("http://127.0.0.1:3000", "127.0.0.1:3000", true),
            ("https://example.com", "example.com", true),
            ("https://example.com", "EXAMPLE.com:443", true),
            ("http://example.com", "example.com:443", false),
            ("http://127.0.0.1:3001", "127.0.0.1:3000", false),
            ("https://sub.example.com", "example.com", false),
            ("https://example.com.evil.example", "example.com", false),
            ("null", "example.com", false),
            ("file://", "example.com", false),
        ] {
            assert_eq!(Origins::Same.allow(origin, Some(host)), same, "{origin} at {host}");
        }
        assert!(!Origins::Same.allow("https://example.com", None));
    }

    #[test]
    fn a_list_is_taken_literally() {
        let list = Origins::list(["https://app.example"]);
        assert!(list.allow("https://app.example", Some("api.example")));
        assert!(!list.allow("https://api.example", Some("api.example")));
    }
}
