//! A client over TCP, written for the kit.

mod body;
mod head;

use std::{fmt, io, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    harness::{Host, Upgraded},
    stream::StreamPeer,
};

/// A host that listens on a TCP port. What keeps it alive is kept in `guard` and dropped with it.
pub struct TcpHost<G> {
    addr: SocketAddr,
    _guard: G,
}

impl<G: Send + Sync> TcpHost<G> {
    /// The host that listens on `addr`.
    pub fn new(addr: SocketAddr, guard: G) -> Self {
        Self { addr, _guard: guard }
    }

    /// Sends a request on a new connection and reads the head of the answer; what came behind it stays in the buffer.
    async fn ask(&self, mut request: Request<Bytes>) -> io::Result<(Response<()>, TcpStream, BytesMut)> {
        let mut stream = TcpStream::connect(self.addr).await?;
        stream.set_nodelay(true)?;
        if let Ok(host) = self.addr.to_string().parse() {
            request.headers_mut().entry("host").or_insert(host);
        }
        request.headers_mut().entry("connection").or_insert(HeaderValue::from_static("close"));
        stream.write_all(&head::write(&request)).await?;
        let mut buffer = BytesMut::new();
        loop {
            if let Some(response) = head::read(&mut buffer)? {
                return Ok((response, stream, buffer));
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn exchange(&self, request: Request<Bytes>) -> io::Result<Result<Upgraded, Response<Bytes>>> {
        let method = request.method().clone();
        let (head, mut stream, mut buffer) = self.ask(request).await?;
        if head.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Ok(Upgraded { head, peer: Box::new(StreamPeer::new(stream, buffer)) }));
        }
        let mut at_end = false;
        loop {
            if let Some(body) = body::read(&method, &head, &buffer, at_end)? {
                return Ok(Err(head.map(|()| body)));
            }
            if at_end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at_end = stream.read_buf(&mut buffer).await? == 0;
        }
    }
}

impl<G> fmt::Debug for TcpHost<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpHost").field("addr", &self.addr).finish_non_exhaustive()
    }
}

#[async_trait]
impl<G: Send + Sync> Host for TcpHost<G> {
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        match self.exchange(request).await {
            Ok(Ok(upgraded)) => upgraded.head.map(|()| Bytes::new()),
            Ok(Err(response)) => response,
            Err(error) => panic!("the host does not answer: {error}"),
        }
    }

    async fn upgrade(&self, request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>> {
        match self.exchange(request).await {
            Ok(result) => result,
            Err(error) => panic!("the host does not answer: {error}"),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the clock of a host on TCP is the wall's")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
