//! The client's side of a WebSocket over a stream of bytes. It can say what no well-behaved client would.

mod frame;

use std::io;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use irori::wire::Fragment;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(super) use self::frame::encode;
use super::harness::Peer;

/// A [`Peer`] over a stream of bytes: for hosts that answer a request within the process and give its stream.
#[derive(Debug)]
pub struct StreamPeer<S> {
    stream: S,
    buffer: BytesMut,
}

impl<S> StreamPeer<S> {
    /// A peer whose stream begins with what was `read` from it already, behind the head of the 101.
    pub fn new(stream: S, read: BytesMut) -> Self {
        Self { stream, buffer: read }
    }
}

#[async_trait]
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Peer for StreamPeer<S> {
    async fn send(&mut self, frame: Fragment) -> io::Result<()> {
        self.send_bytes(encode(&frame)).await
    }

    async fn send_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        self.stream.write_all(&bytes).await
    }

    async fn recv(&mut self) -> Option<Fragment> {
        loop {
            if let Some(frame) = frame::decode(&mut self.buffer) {
                return Some(frame);
            }
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
    }
}
