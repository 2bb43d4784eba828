//! The stream under an upgraded connection.

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::{rt::TokioIo, server::conn::auto};
use tokio::net::TcpStream;

/// Takes the TCP stream itself out of an upgraded connection, with what was read from it already, and has it send what
/// it is given at once (`TCP_NODELAY`).
///
/// hyper's own wrapper costs an indirect call per read and write and keeps the buffer that the request was read into,
/// several KiB. Whatever else the stream is, of TLS or of HTTP/2, is given back as it was.
///
/// # Errors
///
/// The connection as it was, when it is no TCP stream.
pub fn into_tcp(upgraded: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
    let (io, read) = match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => (parts.io, parts.read_buf),
        Err(upgraded) => {
            let parts = upgraded.downcast::<TokioIo<TcpStream>>()?;
            (parts.io, parts.read_buf)
        }
    };
    let stream = io.into_inner();
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
    Ok((stream, read))
}
