//! Frames on a stream of bytes.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSlice},
    iter,
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use irori::{
    limits::MessageLimits,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::Frame,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::decoder::Decoder;

/// Frames that go out in one `writev`.
const SLICES: usize = 64;

/// Reads of a closing stream in one turn, before the task gives way to others.
const DISCARDS: usize = 16;

/// RFC 6455 on a stream. tungstenite reads; what goes out is the core's frames, byte for byte as they were encoded once
/// for all their receivers, many in one write and none copied.
#[derive(Debug)]
pub(crate) struct Engine<S> {
    stream: S,
    decoder: Decoder,
    /// What is left of a frame that the stream took a part of.
    half: Bytes,
    /// Whether the peer's close frame has come, behind which there is nothing.
    heard_all: bool,
    /// Whether our direction of the stream is shut.
    shut: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Engine<S> {
    /// An engine on a stream from which `read` was read already.
    pub(crate) fn new(stream: S, read: &[u8], limits: &MessageLimits) -> Self {
        Self { stream, decoder: Decoder::new(read, limits), half: Bytes::new(), heard_all: false, shut: false }
    }

    /// Sends all that waits, and flushes. What the stream takes only a part of stays here.
    fn poll_write(&mut self, cx: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<io::Result<()>> {
        while !self.half.is_empty() || !frames.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let half = iter::once(&self.half).filter(|half| !half.is_empty());
            let waiting = half.chain(frames.iter().map(Frame::as_bytes));
            let filled = slices.iter_mut().zip(waiting).map(|(slice, bytes)| *slice = IoSlice::new(bytes)).count();
            match ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, &slices[..filled]))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                written => self.advance(frames, written),
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Forgets the first `written` bytes of what waits.
    fn advance(&mut self, frames: &mut VecDeque<Frame>, mut written: usize) {
        if written < self.half.len() {
            return self.half.advance(written);
        }
        written -= self.half.len();
        self.half = Bytes::new();
        while written > 0
            && let Some(frame) = frames.pop_front()
        {
            if written < frame.size() {
                self.half = frame.as_bytes().slice(written..);
            }
            written = written.saturating_sub(frame.size());
        }
    }

    /// Reads to the peer's end. Bytes that nobody has read when a stream is dropped make it a reset, which may overtake
    /// the close frame.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut space = [MaybeUninit::uninit(); 4096];
        for _ in 0..DISCARDS {
            let mut read = ReadBuf::uninit(&mut space);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read)) {
                Ok(()) if !read.filled().is_empty() => {}
                // A stream that fails is as gone as one that ends.
                _ => return Poll::Ready(()),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Transport for Engine<S> {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        let received = self.decoder.poll(&mut self.stream, cx);
        self.heard_all |= matches!(received, Poll::Ready(Ok(Received::Close(_))));
        received
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        self.poll_write(cx, frames).map_err(Into::into)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.shut {
            // Whether it worked shows in the next read.
            let _ = ready!(Pin::new(&mut self.stream).poll_shutdown(cx));
            self.shut = true;
        }
        if self.heard_all { Poll::Ready(()) } else { self.poll_discard(cx) }
    }
}
