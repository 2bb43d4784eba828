use std::time::Duration;

use bytes::Bytes;

use crate::{
    error::{Cause, Stage},
    rt::Now,
    wire::{CloseFrame, CloseInfo, Frame, ReceiveError, Received},
};

/// What a session is told.
#[derive(Debug)]
pub(crate) enum Input {
    /// The transport handed something up.
    Received(Received),
    /// The transport can receive no more.
    Failed(ReceiveError),
    /// The hook of the last [`Output::Event`] ended.
    Ended(Outcome),
    /// The app closes the connection.
    Close(CloseFrame),
    /// The host goes away: close within this time.
    Drain(Duration),
    /// The close frame of [`Output::Close`] is out, and all that was queued before it.
    CloseSent,
    /// The stream of [`Output::Shut`] or [`Output::Abort`] is gone.
    Shut,
}

/// What a session wants.
#[derive(Debug)]
pub(crate) enum Output {
    /// Run the hooks of this event, then say [`Input::Ended`].
    Event(Event),
    /// Send what waits, then this.
    Close(Frame),
    /// Close the stream.
    Shut,
    /// Drop the stream.
    Abort,
    /// Drop the hook that runs.
    Cancel,
    /// Nothing until something happens, or until then.
    Wait(Option<Now>),
    /// All is done.
    Finished,
}

/// What a handler is told, one at a time.
#[derive(Debug)]
pub(crate) enum Event {
    Open,
    Message(Payload),
    /// Something was dropped or went wrong outside any hook.
    Fault(Stage, Cause),
    /// The moment has come that the handler asked for.
    Tick,
    Close(CloseInfo),
}

/// A message as it came.
#[derive(Debug)]
pub(crate) enum Payload {
    Text(Bytes),
    Binary(Bytes),
}

impl Payload {
    pub(crate) fn bytes(&self) -> &Bytes {
        match self {
            Self::Text(bytes) | Self::Binary(bytes) => bytes,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes().len()
    }
}

/// How a hook ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// It returned an error, panicked or was dropped.
    pub(crate) failed: bool,
    /// It panicked or was dropped: the connection ends, whatever hook it was.
    pub(crate) fatal: bool,
    /// The handler wants the connection closed for what it read.
    pub(crate) close: Option<CloseFrame>,
    /// When the handler wants a [`Event::Tick`].
    pub(crate) tick_at: Option<Now>,
    /// The opening is to go on with another [`Event::Open`].
    pub(crate) half_open: bool,
}
