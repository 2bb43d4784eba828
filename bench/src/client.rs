//! A client that costs next to nothing: it counts frames and looks into none of them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpSocket, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
    task::JoinHandle,
};

use crate::Result;

/// Frames seen by all clients that share it.
#[derive(Default)]
pub(crate) struct Tally {
    seen: AtomicUsize,
    target: AtomicUsize,
    reached: Notify,
}

impl Tally {
    /// Counts from here until `frames` more have come. Prepare before what makes them come.
    pub(crate) fn expect(&self, frames: usize) -> usize {
        let target = self.seen.load(Ordering::SeqCst) + frames;
        self.target.store(target, Ordering::SeqCst);
        target
    }

    pub(crate) async fn reached(&self, target: usize) {
        loop {
            let notified = self.reached.notified();
            if self.seen.load(Ordering::SeqCst) >= target {
                return;
            }
            notified.await;
        }
    }

    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    fn count(&self, frames: usize) {
        let seen = self.seen.fetch_add(frames, Ordering::SeqCst) + frames;
        if seen >= self.target.load(Ordering::SeqCst) {
            self.reached.notify_waiters();
        }
    }
}

/// An open WebSocket whose frames are counted.
pub(crate) struct Client {
    writer: OwnedWriteHalf,
    _reader: Reader,
}

struct Reader(JoinHandle<()>);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr, target: &str, tally: &Arc<Tally>) -> Result<Self> {
        let (stream, buffer) = open(TcpStream::connect(addr).await?, target).await?;
        let (reader, writer) = stream.into_split();
        let reader = Reader(tokio::spawn(count(reader, buffer, Arc::clone(tally))));
        Ok(Self { writer, _reader: reader })
    }

    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.writer.write_all(&frame(text)?).await?)
    }
}

/// A text frame of up to 64 KiB, under a mask of zeros.
fn frame(text: &str) -> Result<Vec<u8>> {
    let length = u16::try_from(text.len())?;
    let mut frame = match u8::try_from(length) {
        Ok(short @ 0..126) => vec![0x81, 0x80 | short],
        _ => [&[0x81, 0x80 | 126], &length.to_be_bytes()[..]].concat(),
    };
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    Ok(frame)
}

/// An open WebSocket that is never read, with the smallest window there is.
pub(crate) struct Stalled(TcpStream);

impl Stalled {
    pub(crate) async fn connect(addr: SocketAddr, target: &str) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(1)?;
        Ok(Self(open(socket.connect(addr).await?, target).await?.0))
    }

    /// Sends, for as long as the server takes it.
    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        // Cut off, it is told so here; that is what it is for.
        self.0.write_all(&frame(text)?).await.ok();
        Ok(())
    }
}

async fn open(mut stream: TcpStream, target: &str) -> Result<(TcpStream, BytesMut)> {
    stream.set_nodelay(true)?;
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = BytesMut::with_capacity(512);
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            if !buffer.starts_with(b"HTTP/1.1 101") {
                return Err(String::from_utf8_lossy(&buffer).into_owned().into());
            }
            buffer.advance(end + 4);
            return Ok((stream, buffer));
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err("the server hung up during the handshake".into());
        }
    }
}

/// Reads to the end, counting data frames.
async fn count(mut reader: OwnedReadHalf, mut buffer: BytesMut, tally: Arc<Tally>) {
    // What is left of the frame that is being read, its header aside.
    let mut rest = 0_u64;
    loop {
        let mut frames = 0;
        while let Some(skipped) = step(&mut buffer, &mut rest) {
            frames += usize::from(skipped);
        }
        if frames > 0 {
            tally.count(frames);
        }
        if buffer.is_empty() {
            buffer = BytesMut::new();
        }
        buffer.reserve(4 * 1024);
        if !matches!(reader.read_buf(&mut buffer).await, Ok(read) if read > 0) {
            return;
        }
    }
}

/// Takes a step through the buffer; says whether a data frame ended there. `None` when more must be read.
fn step(buffer: &mut BytesMut, rest: &mut u64) -> Option<bool> {
    if *rest > 0 {
        let skip = buffer.len().min(usize::try_from(*rest).unwrap_or(usize::MAX));
        buffer.advance(skip);
        *rest -= skip as u64;
        return if *rest == 0 { Some(true) } else { None };
    }
    let (&[_, second], _) = buffer.split_first_chunk()?;
    let (header, length) = match second & 0x7F {
        126 => (4, u64::from(u16::from_be_bytes(*buffer.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*buffer.get(2..)?.first_chunk()?)),
        length => (2, u64::from(length)),
    };
    buffer.advance(header);
    *rest = length;
    Some(false)
}
