//! Bodies of answers, as HTTP/1.1 writes them.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use http::{
    Method, Response, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};

/// The body of an answer to a request of this method, when the buffer holds a whole one. `at_end` says that nothing more
/// comes.
pub(super) fn read(method: &Method, head: &Response<()>, buffer: &[u8], at_end: bool) -> io::Result<Option<Bytes>> {
    if *method == Method::HEAD || head.status() == StatusCode::NOT_MODIFIED {
        // Whatever its head says, nothing may follow (RFC 9112, section 6.3), and that shows at the end.
        return Ok(at_end.then(|| Bytes::copy_from_slice(buffer)));
    }
    if head.headers().get(TRANSFER_ENCODING).is_some_and(|encoding| encoding == "chunked") {
        return chunks(buffer);
    }
    let length = head.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_whole = length.map_or(at_end, |length| buffer.len() >= length);
    Ok(is_whole.then(|| Bytes::copy_from_slice(buffer)))
}

fn chunks(mut buffer: &[u8]) -> io::Result<Option<Bytes>> {
    let mut body = BytesMut::new();
    loop {
        let size = httparse::parse_chunk_size(buffer)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the size of a chunk cannot be read"))?;
        let httparse::Status::Complete((line, size)) = size else { return Ok(None) };
        if size == 0 {
            return Ok(Some(body.freeze()));
        }
        let end = usize::try_from(size).map_err(io::Error::other)?.saturating_add(line);
        let Some(chunk) = buffer.get(line..end) else { return Ok(None) };
        body.extend_from_slice(chunk);
        // Behind it is the end of a line.
        buffer.advance((end + 2).min(buffer.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_once_all_are_there() {
        let whole = b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(chunks(whole).unwrap().unwrap(), &b"abc0123456789"[..]);
        for end in 0..whole.len() - 4 {
            assert_eq!(chunks(&whole[..end]).unwrap(), None, "{end}");
        }
        assert!(chunks(b"x\r\n").is_err());
    }
}
