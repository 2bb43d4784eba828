use std::sync::Arc;

use http::HeaderValue;
use serde::Serialize;

use crate::{
    app::Shared,
    channel::Params,
    contain::contained,
    error::{Cause, Failure, SendError, Sent, Stage},
    handler::budgeted,
    id::ConnectionId,
    link::Link,
    resume::{Ours, Record, StoredSeat},
    room::Sink as _,
    rt::MaybeSend,
    session,
    wire::{CloseCode, CloseFrame, CloseInfo, Frame, InvalidCloseCode},
};

/// What every connection has, whatever its handler.
pub(crate) struct Base {
    pub(crate) link: Arc<Link>,
    pub(crate) app: Arc<Shared>,
    pub(crate) unit: Arc<str>,
    /// The subprotocol that was picked.
    pub(crate) protocol: Option<HeaderValue>,
    pub(crate) closed: Option<CloseInfo>,
    /// Whether something that must be remembered has changed since it was last written down.
    pub(crate) has_changed: bool,
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
    pub(crate) fn new(link: Arc<Link>, app: Arc<Shared>, unit: Arc<str>, protocol: Option<HeaderValue>) -> Self {
        Self { link, app, unit, protocol, closed: None, has_changed: false, teardowns: Vec::new() }
    }

    pub(crate) fn protocol(&self) -> Option<&str> {
        self.protocol.as_ref()?.to_str().ok()
    }

    /// Writes down what must be remembered.
    ///
    /// # Errors
    ///
    /// When the data cannot be written as JSON, or takes more than it may.
    pub(crate) fn record<D: Serialize>(
        &mut self,
        params: Params,
        topic: Option<&str>,
        seat: Option<StoredSeat>,
        data: &D,
    ) -> Result<Record, Cause> {
        self.has_changed = false;
        let ours = Ours {
            id: self.id(),
            unit: self.unit.as_ref().to_owned(),
            topic: topic.map(str::to_owned),
            params,
            protocol: self.protocol().map(str::to_owned),
            seat,
            session: session::Stored::default(),
        };
        Ok(Record::new(ours, budgeted(data, &self.app.limits)?))
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
        if self.app.hub.is_forgotten() {
            return;
        }
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
