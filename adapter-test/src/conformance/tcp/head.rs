//! Heads of requests and answers, as HTTP/1.1 writes them.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

/// A request with its body.
pub(super) fn write(request: &Request<Bytes>) -> Bytes {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut out = BytesMut::new();
    out.put_slice(format!("{} {target} HTTP/1.1\r\n", request.method()).as_bytes());
    for (name, value) in request.headers() {
        out.put_slice(name.as_str().as_bytes());
        out.put_slice(b": ");
        out.put_slice(value.as_bytes());
        out.put_slice(b"\r\n");
    }
    if !request.body().is_empty() {
        out.put_slice(format!("content-length: {}\r\n", request.body().len()).as_bytes());
    }
    out.put_slice(b"\r\n");
    out.put_slice(request.body());
    out.freeze()
}

/// The head of an answer, when the buffer holds a whole one.
pub(super) fn read(buffer: &mut BytesMut) -> io::Result<Option<Response<()>>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let httparse::Status::Complete(length) = head.parse(buffer).map_err(invalid)? else {
        return Ok(None);
    };
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(head.code.unwrap_or_default()).map_err(io::Error::other)?;
    for header in head.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(io::Error::other)?;
        let value = HeaderValue::from_bytes(header.value).map_err(io::Error::other)?;
        response.headers_mut().append(name, value);
    }
    buffer.advance(length);
    Ok(Some(response))
}
