use std::time::Duration;

use super::event::Output;
use crate::{
    rt::Now,
    wire::{CloseFrame, CloseInfo, Frame},
};

/// The end of a connection: the close frame goes out, the handler is told once, the stream is closed.
#[derive(Debug)]
pub(super) struct Closing {
    info: CloseInfo,
    frame: Option<Frame>,
    handler: Handler,
    stream: Stream,
    /// Whether the peer's close frame has come.
    answered: bool,
    /// Whether the transport can still receive.
    deaf: bool,
    /// Whether the close frame waits for what came before it to be handled.
    holding: bool,
    /// When the stream is dropped, whatever it still owes.
    deadline: Option<Now>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handler {
    Untold,
    Told,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    /// The close frame has not been handed out.
    Owing,
    /// It has, and is not sent yet.
    Sending,
    /// It is sent; the peer's is awaited.
    Sent,
    /// The stream is being closed.
    Shutting,
    Gone,
}

impl Closing {
    /// The peer closed. What it said before is answered before its close is (RFC 6455, section 5.5.1, lets an endpoint
    /// finish what it is at).
    pub(super) fn by_peer(now: Now, echo: Option<&CloseFrame>, limit: Duration) -> Self {
        let closing = Self::new(CloseInfo::peer(echo), Some(Frame::close(echo)), Stream::Owing, Some(now + limit));
        Self { answered: true, holding: true, ..closing }
    }

    /// We close, at once.
    pub(super) fn by_us(now: Now, frame: &CloseFrame, limit: Duration) -> Self {
        Self::new(CloseInfo::ours(frame), Some(Frame::close(Some(frame))), Stream::Owing, Some(now + limit))
    }

    /// Lets what came before be answered first.
    pub(super) fn hold(&mut self) {
        self.holding = true;
    }

    pub(super) fn by_loss() -> Self {
        Self::new(CloseInfo::lost(), None, Stream::Gone, None)
    }

    /// The handler is never told, and counts as done.
    pub(super) fn denied(now: Now, frame: &CloseFrame, limit: Duration) -> Self {
        Self { handler: Handler::Done, ..Self::by_us(now, frame, limit) }
    }

    fn new(info: CloseInfo, frame: Option<Frame>, stream: Stream, deadline: Option<Now>) -> Self {
        Self { info, frame, handler: Handler::Untold, stream, answered: false, deaf: false, holding: false, deadline }
    }

    /// Whether the peer's close frame is still to be heard.
    pub(super) fn listens(&self) -> bool {
        !self.answered && !self.deaf && self.stream != Stream::Gone
    }

    /// The app's own close comes before one of ours that still waits, such as a drain's; the peer's, or that of a broken
    /// stream, it leaves as it is.
    pub(super) fn overrule(&mut self, frame: &CloseFrame) {
        if self.is_holding() && !self.answered && !self.deaf {
            self.info = CloseInfo::ours(frame);
            self.frame = Some(Frame::close(Some(frame)));
            self.holding = false;
        }
    }

    /// Whether what came before is still answered.
    pub(super) fn is_holding(&self) -> bool {
        self.stream == Stream::Owing && self.holding
    }

    pub(super) fn answered(&mut self) {
        self.answered = true;
    }

    /// The transport cannot receive any more; there is no use in waiting for an answer.
    pub(super) fn deaf(&mut self) {
        self.deaf = true;
    }

    pub(super) fn sent(&mut self) {
        if self.stream == Stream::Sending {
            self.stream = Stream::Sent;
        }
    }

    pub(super) fn gone(&mut self) {
        self.stream = Stream::Gone;
        self.frame = None;
    }

    /// What the stream needs next. `settled` says that nothing is left that could be answered at once.
    pub(super) fn poll(&mut self, settled: bool) -> Option<Output> {
        match self.stream {
            Stream::Owing if settled || !self.holding => {
                self.stream = Stream::Sending;
                self.frame.take().map(Output::Close)
            }
            Stream::Sent if self.answered || self.deaf => {
                self.stream = Stream::Shutting;
                Some(Output::Shut)
            }
            _ => None,
        }
    }

    /// Drops the stream when its time is over.
    pub(super) fn overdue(&mut self, now: Now) -> Option<Output> {
        if self.stream != Stream::Gone && self.deadline.is_some_and(|at| now >= at) {
            self.gone();
            return Some(Output::Abort);
        }
        None
    }

    /// When to look again.
    pub(super) fn deadline(&self) -> Option<Now> {
        self.deadline.filter(|_| self.stream != Stream::Gone)
    }

    /// Tells the handler, once.
    pub(super) fn tell(&mut self) -> Option<CloseInfo> {
        if self.handler != Handler::Untold {
            return None;
        }
        self.handler = Handler::Told;
        Some(self.info.clone())
    }

    pub(super) fn was_told(&self) -> bool {
        self.handler != Handler::Untold
    }

    pub(super) fn done(&mut self) {
        self.handler = Handler::Done;
    }

    pub(super) fn is_over(&self) -> bool {
        self.handler == Handler::Done && self.stream == Stream::Gone
    }
}
