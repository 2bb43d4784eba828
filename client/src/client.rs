//! What is under the handles.

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use irori::{
    CloseCode, CloseInfo,
    channel::Params,
    rt::{MaybeSend, MaybeSync},
    wire::{CloseFrame, Text},
};

use crate::{
    drive::{Target, drive},
    messages::Messages,
    mirror::Mirror,
    options::Options,
    platform::Platform,
    send::{Delivery, ReservedCode, SendError},
    shared::Shared,
    signals::Watched,
    state::Listener,
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
        let Options { platform, settings, inbox, hooks, .. } = options;
        let shared = Arc::new(Shared::new(platform.clone(), settings, mirror, params, inbox, hooks));
        platform.spawn(drive(platform.clone(), Arc::clone(&shared), target));
        Self(Arc::new(Handles(shared)))
    }

    pub(crate) fn send(&self, text: Text) -> Result<Delivery, SendError> {
        Ok(self.shared().wish(|machine, _| machine.send(text))?)
    }

    pub(crate) fn show(&self, presence: Text) {
        self.shared().wish(|machine, _| machine.show(presence));
    }

    pub(crate) fn greet(&self, greeting: Vec<Text>) {
        self.shared().wish(|machine, _| machine.greet(greeting));
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

    /// Waits until it is open, or closed.
    pub(crate) async fn opened(&self) -> Result<(), CloseInfo> {
        match self.settled(|status| matches!(status, Status::Open | Status::Closed)).await {
            (Status::Open, _) => Ok(()),
            (_, info) => Err(info),
        }
    }

    /// Waits until it is closed.
    pub(crate) async fn closed(&self) -> CloseInfo {
        self.settled(|status| status == Status::Closed).await.1
    }

    /// The first status like this, and how the last connection ended.
    async fn settled(&self, is_it: impl Fn(Status) -> bool) -> (Status, CloseInfo) {
        let mut status = self
            .watch(Watched::Status, |shared| shared.look(|machine| (machine.status(), machine.close_info().cloned())));
        let (status, info) = status.wait_for(|(status, _)| is_it(*status)).await.unwrap_or((Status::Closed, None));
        (status, info.unwrap_or_else(CloseInfo::lost))
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

    pub(crate) fn on_message(&self, listener: Listener<M>) -> Listening {
        let shared = Arc::clone(self.shared());
        let id = shared.listen(listener);
        Listening(Some(Arc::new(Registered { shared, id })))
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.shared().wish(|machine, now| match enabled {
            true => machine.enable(now),
            false => machine.close(now, CloseFrame::normal()),
        });
    }

    pub(crate) fn retry_now(&self) {
        self.shared().wish(|machine, now| machine.back(now));
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
        self.shared().wish(|machine, now| machine.close(now, frame));
        Ok(())
    }

    pub(crate) fn downgrade(&self) -> WeakClient<M> {
        WeakClient(Arc::downgrade(&self.0))
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
        self.0.wish(|machine, now| machine.close(now, CloseFrame::normal()));
        self.0.abandon();
    }
}

/// A client, without a handle of it.
pub(crate) struct WeakClient<M: Mirror>(Weak<Handles<M>>);

impl<M: Mirror> WeakClient<M> {
    pub(crate) fn upgrade(&self) -> Option<Client<M>> {
        self.0.upgrade().map(Client)
    }
}

impl<M: Mirror> Clone for WeakClient<M> {
    fn clone(&self) -> Self {
        Self(Weak::clone(&self.0))
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
