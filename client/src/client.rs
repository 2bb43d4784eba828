//! What is under the handles.

use std::{fmt, sync::Arc, time::Duration};

use irori::{
    CloseCode, CloseInfo,
    channel::Params,
    rt::{MaybeSend, MaybeSync},
    wire::{CloseFrame, Text},
};

use crate::{
    callback::Callback,
    drive::{Target, drive},
    messages::Messages,
    mirror::Mirror,
    options::Options,
    platform::Platform,
    send::{Delivery, ReservedCode, SendError},
    shared::Shared,
    signals::Watched,
    status::Status,
    watch::Watch,
};

/// One client, shared by its handles.
pub(crate) struct Client<M: Mirror>(Arc<Handles<M>>);

/// The last one closes the connection.
struct Handles<M: Mirror>(Arc<Shared<M>>);

impl<M: Mirror> Client<M> {
    pub(crate) fn start<P: Platform, Key>(
        options: Options<P, Key>,
        target: Target,
        params: Option<Params>,
        mirror: M,
    ) -> Self {
        let Options { platform, settings, inbox, on_problem, .. } = options;
        let shared = Arc::new(Shared::new(platform.clone(), settings, mirror, params, inbox, on_problem));
        platform.spawn(drive(platform.clone(), Arc::clone(&shared), target));
        Self(Arc::new(Handles(shared)))
    }

    pub(crate) fn send(&self, text: Text) -> Result<Delivery, SendError> {
        Ok(self.shared().step(|machine, _| machine.send(text))?)
    }

    pub(crate) fn show(&self, presence: Text) {
        self.shared().step(|machine, _| machine.show(presence));
    }

    pub(crate) fn greet(&self, greeting: Vec<Text>) {
        self.shared().step(|machine, _| machine.greet(greeting));
    }

    pub(crate) fn go(&self, params: Option<Params>) {
        self.shared().go(params);
    }

    pub(crate) fn status(&self) -> Watch<Status> {
        self.watch(Watched::Status, |shared| shared.look(|machine| machine.status()))
    }

    pub(crate) fn close_info(&self) -> Watch<Option<CloseInfo>> {
        self.watch(Watched::CloseInfo, |shared| shared.look(|machine| machine.close_info().cloned()))
    }

    pub(crate) fn queued(&self) -> Watch<usize> {
        self.watch(Watched::Queued, |shared| shared.look(|machine| machine.queued()))
    }

    pub(crate) fn watch<T>(
        &self,
        what: Watched,
        read: impl Fn(&Shared<M>) -> T + MaybeSend + MaybeSync + 'static,
    ) -> Watch<T> {
        self.shared().watch(what, read)
    }

    pub(crate) fn messages(&self) -> Messages<M::Message> {
        self.shared().messages()
    }

    pub(crate) fn last_message(&self) -> Option<M::Message> {
        self.shared().last_message()
    }

    pub(crate) fn on_message(&self, listener: Arc<dyn Callback<M::Message>>) -> Listening {
        let shared = Arc::clone(self.shared());
        let id = shared.listen(listener);
        Listening(Some(Arc::new(Registered { shared, id })))
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.shared().step(|machine, now| match enabled {
            true => machine.enable(now),
            false => machine.close(now, CloseFrame::normal()),
        });
    }

    /// How long until the next try, while it is waited for.
    pub(crate) fn retry_in(&self) -> Option<Duration> {
        let at = self.shared().look(|machine| machine.retry_at())?;
        Some(at.since(self.shared().now()))
    }

    pub(crate) fn close(&self, code: CloseCode, reason: &str) -> Result<(), ReservedCode> {
        let frame = match code.as_u16() {
            1000 | 3000..=4999 => CloseFrame::new(code, reason).map_err(|_| ReservedCode(code))?,
            _ => return Err(ReservedCode(code)),
        };
        self.shared().step(|machine, now| machine.close(now, frame));
        Ok(())
    }

    fn shared(&self) -> &Arc<Shared<M>> {
        &self.0.0
    }
}

impl<M: Mirror> Clone for Client<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Mirror> Drop for Handles<M> {
    fn drop(&mut self) {
        self.0.step(|machine, now| machine.close(now, CloseFrame::normal()));
        self.0.abandon();
    }
}

/// A function that is called for each message. Dropped, it is called no more.
#[must_use = "dropped, it is called no more"]
pub struct Listening(Option<Arc<dyn Stop>>);

impl Listening {
    /// Has it called for as long as the client lives.
    pub fn forever(mut self) {
        self.0 = None;
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listening")
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.iter().for_each(|listening| listening.stop());
    }
}

/// Whatever listens, without its types.
trait Stop: MaybeSend + MaybeSync {
    fn stop(&self);
}

struct Registered<M: Mirror> {
    shared: Arc<Shared<M>>,
    id: u64,
}

impl<M: Mirror> Stop for Registered<M> {
    fn stop(&self) {
        self.shared.unlisten(self.id);
    }
}
