//! A transport over a stream of bytes, by RFC 6455.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes, BytesMut};
use irori::{
    limits::MessageLimits,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::{Assembler, Fragment, Frame, Opcode},
};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::seams::{Close, Seams};

/// The server's end.
pub(crate) struct Stream {
    seams: Seams,
    limits: MessageLimits,
    stream: DuplexStream,
    /// Bytes that are no whole frame yet.
    incoming: BytesMut,
    /// Frames that came, and how many that were before them.
    frames: VecDeque<Fragment>,
    passed: usize,
    /// What ends the frames that came.
    broken: Option<ReceiveError>,
    assembler: Assembler,
    /// Whether it was said that a message began.
    begun: bool,
    /// Whether the peer's close frame was handed up.
    heard_all: bool,
    outgoing: BytesMut,
}

impl Stream {
    pub(crate) fn new(stream: DuplexStream, mut limits: MessageLimits, seams: Seams) -> Self {
        (seams.limits)(&mut limits);
        Self {
            seams,
            limits,
            stream,
            incoming: BytesMut::new(),
            frames: VecDeque::new(),
            passed: 0,
            broken: None,
            assembler: Assembler::default(),
            begun: false,
            heard_all: false,
            outgoing: BytesMut::new(),
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Poll::Ready(self.assemble(frame));
            }
            if let Some(error) = self.broken.take() {
                return Poll::Ready(Err(error));
            }
            if self.seams.begins_early && !self.begun && starts_message(&self.incoming) {
                self.begun = true;
                return Poll::Ready(Ok(Received::Partial));
            }
            match ready!(self.poll_read(cx)) {
                Ok(0) => return Poll::Ready(Err(ReceiveError::Lost(None))),
                Ok(_) => self.decode_all(),
                Err(error) => return Poll::Ready(Err(ReceiveError::Lost(Some(error.into())))),
            }
        }
    }

    fn assemble(&mut self, frame: Fragment) -> Result<Received, ReceiveError> {
        let received = self.assembler.take(frame, &self.limits)?;
        self.heard_all |= matches!(received, Received::Close(_));
        match received {
            Received::Partial if std::mem::replace(&mut self.begun, true) => return Ok(Received::Alive),
            Received::Text(_) | Received::Binary(_) => self.begun = false,
            _ => {}
        }
        Ok(received)
    }

    fn decode_all(&mut self) {
        let mut frames = Vec::new();
        loop {
            match decode(&mut self.incoming, self.limits.bytes) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => break self.broken = Some(error),
            }
        }
        if !self.seams.keeps_halves {
            self.incoming.clear();
        }
        let count = frames.len();
        (self.seams.incoming)(&mut frames, self.passed);
        self.passed += count;
        self.frames.extend(frames);
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [0; 4096];
        let mut read = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
        self.incoming.extend_from_slice(read.filled());
        Poll::Ready(Ok(read.filled().len()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outgoing))?;
            self.outgoing.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl Transport for Stream {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        let received = ready!(self.poll_next(cx));
        (self.seams.received)(received)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        if !self.seams.close_waits && frames.front().is_some_and(|frame| frame.opcode() == Opcode::Close) {
            self.outgoing.clear();
        }
        loop {
            match self.poll_write(cx) {
                Poll::Pending if self.seams.flushes => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error.into())),
                _ if frames.is_empty() => return Poll::Ready(Ok(())),
                _ => {}
            }
            let fragment = |frame: Frame| Fragment { fin: true, opcode: frame.opcode(), payload: frame.payload() };
            let mut batch = frames.drain(..).map(fragment).collect();
            (self.seams.outgoing)(&mut batch);
            let encoded = batch.iter().map(|frame| Frame::new(frame.opcode, &frame.payload));
            encoded.for_each(|frame| self.outgoing.extend_from_slice(frame.as_bytes()));
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self.seams.close {
            Close::AtOnce => return Poll::Ready(()),
            Close::Never => return Poll::Pending,
            Close::Orderly => {}
        }
        // Whether it worked shows in the next read.
        let _ = ready!(Pin::new(&mut self.stream).poll_shutdown(cx));
        while !self.heard_all && matches!(ready!(self.poll_read(cx)), Ok(1..)) {
            self.incoming.clear();
        }
        Poll::Ready(())
    }
}

/// Whether the bytes begin a frame of a message. Behind its first four bits come those of its opcode; a control frame's
/// are 8 or more.
fn starts_message(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 0x0F < 8)
}

/// The next frame, when it is there as a whole. One that is over the limit is not waited for.
fn decode(buffer: &mut BytesMut, limit: usize) -> Result<Option<Fragment>, ReceiveError> {
    let Some((&[first, second], rest)) = buffer.split_first_chunk() else {
        return Ok(None);
    };
    let extended = match second & 0x7F {
        126 => rest.first_chunk().map(|bytes| (2, u64::from(u16::from_be_bytes(*bytes)))),
        127 => rest.first_chunk().map(|bytes| (8, u64::from_be_bytes(*bytes))),
        length => Some((0, u64::from(length))),
    };
    let Some((extended, length)) = extended else {
        return Ok(None);
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= limit).ok_or(ReceiveError::TooBig)?;
    let header = 2 + extended + 4;
    if buffer.len() < header + length {
        return Ok(None);
    }
    let frame = buffer.split_to(header + length).freeze();
    let mask = frame[header - 4..header].iter().cycle();
    let payload: Bytes = frame[header..].iter().zip(mask).map(|(byte, key)| byte ^ key).collect();
    let opcode = opcode(first & 0x0F).ok_or(ReceiveError::Protocol)?;
    Ok(Some(Fragment { fin: first & 0x80 != 0, opcode, payload }))
}

fn opcode(code: u8) -> Option<Opcode> {
    use Opcode::{Binary, Close, Continuation, Ping, Pong, Text};
    [Continuation, Text, Binary, Close, Ping, Pong].into_iter().find(|opcode| *opcode as u8 == code)
}
