//! The browser client, as an app serves it below its endpoint: one text for everybody.

use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use irori_client_js::CLIENT;

use crate::upgrade::Upgrade;

/// What each answer with the text, or about it, says. A page of any origin may import it, and asks each time whether it
/// is still the same, since its address never changes.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-cache"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

/// Where it is.
pub(super) fn path(endpoint: &str) -> String {
    format!("{}/client.js", endpoint.trim_end_matches('/'))
}

/// The answer to a request for it. A wish to upgrade is ignored, as RFC 9110, section 7.8 allows.
pub(super) fn answer(request: &Upgrade) -> Response<String> {
    match *request.method() {
        Method::GET | Method::HEAD => {}
        _ => return not_allowed(),
    }
    let tag = format!("\"{TAG:016x}\"");
    let mut response = if is_known(request, &tag) { not_modified() } else { text(request.method()) };
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.extend(HeaderValue::try_from(tag).map(|tag| (ETAG, tag))); // hexadecimal digits are always a header's value
    response
}

/// Whether the client has it already (RFC 9110, section 13.1.2). No tag of ours has a comma in it.
fn is_known(request: &Upgrade, tag: &str) -> bool {
    let lines = request.headers().get_all(IF_NONE_MATCH).into_iter().filter_map(|line| line.to_str().ok());
    let mut known = lines.flat_map(|line| line.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn text(method: &Method) -> Response<String> {
    let body = if *method == Method::HEAD { "" } else { CLIENT };
    let mut response = Response::new(body.to_owned());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(CLIENT.len()));
    response
}

fn not_modified() -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

fn not_allowed() -> Response<String> {
    let mut response = Response::new("the client is asked for with GET\n".to_owned());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// Another for each version of the text.
const TAG: u64 = fnv_1a(CLIENT.as_bytes());

/// The hash of Fowler, Noll and Vo, in its variant 1a of 64 bits.
const fn fnv_1a(mut bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    while let [first, rest @ ..] = bytes {
        hash = (hash ^ *first as u64).wrapping_mul(0x0000_0100_0000_01b3);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(known: &[&str]) -> StatusCode {
        let request = http::Request::get("/__sockets/client.js");
        let request = known.iter().fold(request, |request, known| request.header("if-none-match", *known));
        answer(&Upgrade::new(request.body(()).unwrap().into_parts().0)).status()
    }

    #[test]
    fn a_tag_is_found_wherever_it_is_listed() {
        let tag = format!("\"{TAG:016x}\"");
        let known: [&[&str]; 6] =
            [&[&tag], &[&format!("W/{tag}")], &[&format!("\"a,b\", {tag}")], &["\"a\"", &tag], &["*"], &[" * "]];
        for known in known {
            assert_eq!(status(known), StatusCode::NOT_MODIFIED, "{known:?}");
        }
        let bare = tag.trim_matches('"');
        for other in ["\"a\"", bare, "\"*\"", &format!("w/{tag}"), ""] {
            assert_eq!(status(&[other]), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn the_hash_is_that_of_its_authors() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
