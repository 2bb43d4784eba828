use std::sync::Arc;

use serde::Serialize;

use crate::{
    app::Shared,
    contain::contained,
    error::{Cause, Failure, SendError, Sent, Stage},
    id::ConnectionId,
    link::Link,
    room::Sink as _,
    rt::MaybeSend,
    wire::{CloseCode, CloseFrame, CloseInfo, Frame, InvalidCloseCode},
};

/// What every connection has, whatever its handler.
pub(crate) struct Base {
    pub(crate) link: Arc<Link>,
    pub(crate) app: Arc<Shared>,
    pub(crate) unit: Arc<str>,
    pub(crate) closed: Option<CloseInfo>,
    teardowns: Vec<Box<dyn Teardown>>,
}

/// A closure that runs once, at the end.
trait Teardown: MaybeSend {
    fn run(self: Box<Self>);
}

impl<F: FnOnce() + MaybeSend> Teardown for F {
    fn run(self: Box<Self>) {
        self();
    }
}

impl Base {
    pub(crate) fn new(link: Arc<Link>, app: Arc<Shared>, unit: Arc<str>) -> Self {
        Self { link, app, unit, closed: None, teardowns: Vec::new() }
    }

    pub(crate) fn id(&self) -> ConnectionId {
        self.link.id()
    }

    pub(crate) fn send_json<T: Serialize>(&self, message: &T) -> Result<Sent, SendError> {
        self.link.send(json(message)?)
    }

    pub(crate) fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.link.close(CloseFrame::new(code, reason)?);
        Ok(())
    }

    pub(crate) fn on_teardown(&mut self, teardown: impl FnOnce() + MaybeSend + 'static) {
        self.teardowns.push(Box::new(teardown));
    }

    /// Runs the teardowns, the last registered first; each whatever became of the others.
    pub(crate) fn tear_down(&mut self) -> Vec<Cause> {
        let teardowns = std::mem::take(&mut self.teardowns).into_iter().rev();
        teardowns.filter_map(|teardown| contained(|| teardown.run()).err()).map(Cause::Panic).collect()
    }

    pub(crate) fn failure(&self, stage: Stage, cause: Cause) -> Failure {
        Failure { unit: Arc::clone(&self.unit), connection: Some(self.id()), stage, cause }
    }
}

/// A connection that is cut in the middle is torn down all the same; only its close hook, which is async, cannot run.
impl Drop for Base {
    fn drop(&mut self) {
        for cause in self.tear_down() {
            self.app.report(&self.failure(Stage::Teardown, cause));
        }
    }
}

/// What a message is expected to take; more than that costs another allocation.
const JSON_BYTES: usize = 118;

/// A message of a socket: JSON without an envelope (PROTOCOL.md, section 4).
pub(crate) fn json<T: Serialize>(message: &T) -> Result<Frame, SendError> {
    Ok(Frame::text(JSON_BYTES, |out| serde_json::to_writer(out, message))?)
}
