//! Messages out of a stream of bytes.

use std::{
    io::{self, ErrorKind, Read, Write},
    pin::Pin,
    task::{Context, Poll},
};

use irori::{
    limits::MessageLimits,
    transport::{ReceiveError, Received},
    wire::CloseFrame,
};
use tokio::io::{AsyncRead, ReadBuf};
use tungstenite::{
    Error, Message,
    error::ProtocolError,
    protocol::{Role, WebSocketConfig, WebSocketContext},
};

use crate::watch::Watch;

/// What is kept per connection to read into, and what one read takes at most.
const BUFFER: usize = 4096;

/// tungstenite's reading half, with the limits that it does not keep by itself.
///
/// It answers nothing: what tungstenite would send of its own accord, pongs and close frames, is the session's to
/// send, in order with all else.
#[derive(Debug)]
pub(crate) struct Decoder {
    tungstenite: WebSocketContext,
    watch: Watch,
    /// Whether the buffer has grown to hold a large message.
    grown: bool,
}

impl Decoder {
    /// A decoder of a stream from which `read` was read already.
    pub(crate) fn new(read: &[u8], limits: &MessageLimits) -> Self {
        let mut watch = Watch::new(limits.fragments);
        // Copied, so that hyper's buffer of several KiB goes with the request it was made for.
        let mut read = read.to_vec();
        read.truncate(watch.pass(&read));
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .max_message_size(Some(limits.bytes))
            .max_frame_size(Some(limits.bytes));
        let tungstenite = WebSocketContext::from_partially_read(read, Role::Server, Some(config));
        Self { tungstenite, watch, grown: false }
    }

    /// The next thing that came.
    pub(crate) fn poll<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Received, ReceiveError>> {
        match self.tungstenite.read(&mut Tap { stream, cx, watch: &mut self.watch }) {
            Ok(message) => Poll::Ready(self.received(message)),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => self.rest(),
            Err(Error::Io(_)) if self.watch.is_over() => Poll::Ready(Err(ReceiveError::TooManyFragments)),
            Err(error) => Poll::Ready(Err(receive_error(error))),
        }
    }

    fn received(&mut self, message: Message) -> Result<Received, ReceiveError> {
        self.grown |= message.len() > BUFFER;
        Ok(match message {
            Message::Text(text) => Received::Text(text.into()),
            Message::Binary(bytes) => Received::Binary(bytes),
            Message::Ping(payload) => Received::Ping(payload),
            Message::Pong(_) => Received::Pong,
            Message::Close(None) => Received::Close(None),
            Message::Close(Some(frame)) => {
                let frame = CloseFrame::new(u16::from(frame.code), frame.reason.as_str());
                Received::Close(Some(frame.map_err(|_| ReceiveError::Protocol)?))
            }
            // Only ever sent.
            Message::Frame(_) => Received::Alive,
        })
    }

    /// Nothing more has come for now.
    fn rest(&mut self) -> Poll<Result<Received, ReceiveError>> {
        if self.grown && self.watch.is_between_frames() {
            // tungstenite never gives room back: an idle connection starts anew with a small buffer.
            self.tungstenite = WebSocketContext::new(Role::Server, Some(*self.tungstenite.get_config()));
            self.grown = false;
        }
        self.watch.news().map_or(Poll::Pending, |news| Poll::Ready(Ok(news)))
    }
}

fn receive_error(error: Error) -> ReceiveError {
    match error {
        Error::Capacity(_) => ReceiveError::TooBig,
        Error::Utf8(_) => ReceiveError::InvalidUtf8,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed => ReceiveError::Lost(None),
        Error::Io(error) => ReceiveError::Lost(Some(error.into())),
        _ => ReceiveError::Protocol,
    }
}

/// The stream as tungstenite sees it: read under watch, and deaf to what is written.
struct Tap<'a, 'b, S> {
    stream: &'a mut S,
    cx: &'a mut Context<'b>,
    watch: &'a mut Watch,
}

impl<S: AsyncRead + Unpin> Read for Tap<'_, '_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = ReadBuf::new(buffer);
        if !self.watch.is_over() {
            match Pin::new(&mut *self.stream).poll_read(self.cx, &mut read) {
                Poll::Ready(done) => done?,
                Poll::Pending => return Err(ErrorKind::WouldBlock.into()),
            }
        }
        match self.watch.pass(read.filled()) {
            0 if self.watch.is_over() => Err(ErrorKind::InvalidData.into()),
            passed => Ok(passed),
        }
    }
}

impl<S> Write for Tap<'_, '_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
