use std::{
    fmt,
    future::{Future, ready},
    sync::Arc,
};

use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::{
    policy::Malformed,
    run::{Hooks, Ran},
    unit::{Opening, Unit, Visit},
};
use crate::{
    connection::{Base, Rooms, WsSocket},
    error::{Cause, Error, Failure, Rejection, Result, SendError, Sent, Stage},
    id::ConnectionId,
    link::ReadyState,
    rt::{BoxFuture, MaybeSend, MaybeSync, Now},
    session::{Event, Payload},
    upgrade::{Raw, Upgrade},
    wire::{CloseCode, CloseInfo, Frame, InvalidCloseCode, Message, Text},
};

/// Raw events of one connection, as Hono's `upgradeWebSocket` has them. State per connection is a field.
///
/// ```
/// use irori::{Message, Result, WsContext, WsEvents};
///
/// #[derive(Default)]
/// struct Echo {
///     count: usize,
/// }
///
/// impl WsEvents for Echo {
///     async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> Result {
///         self.count += 1;
///         ws.send(message)?;
///         Ok(())
///     }
/// }
/// ```
///
/// # Contract
///
/// - At most one hook runs at a time, in the order of events (`order::one_event_at_a_time`).
/// - `on_close` comes last and once (`lifecycle::close_exactly_once`).
pub trait WsEvents: MaybeSend + Sized + 'static {
    /// The connection is open.
    fn on_open(&mut self, ws: &mut WsContext) -> impl Future<Output = Result> + MaybeSend {
        let _ = ws;
        ready(Ok(()))
    }

    /// A message came.
    fn on_message(&mut self, ws: &mut WsContext, message: Message) -> impl Future<Output = Result> + MaybeSend {
        let _ = (ws, message);
        ready(Ok(()))
    }

    /// The connection ended.
    fn on_close(&mut self, ws: &mut WsContext, close: &CloseInfo) -> impl Future<Output = Result> + MaybeSend {
        let _ = (ws, close);
        ready(Ok(()))
    }

    /// Something went wrong. Unless it is overridden, the app's error hook is told.
    fn on_error(&mut self, ws: &mut WsContext, failure: &Failure) {
        ws.report(failure);
    }
}

/// A raw connection, in the hands of one of its hooks.
pub struct WsContext {
    base: Base,
    uri: Uri,
    raw: Option<Raw>,
}

impl fmt::Debug for WsContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsContext").field("id", &self.id()).field("path", &self.uri.path()).finish_non_exhaustive()
    }
}

/// How a message is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Whether the message may be compressed, where the connection has negotiated that. No host does yet.
    pub compress: bool,
}

impl WsContext {
    /// Sends text or bytes. It never waits: what the peer has not read yet is queued, within `limits.outbox`.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the connection is closed or the outbox is full.
    pub fn send(&self, message: impl Into<Message>) -> Result<Sent, SendError> {
        self.send_with(message, SendOptions::default())
    }

    /// Sends text or bytes, with options.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: impl Into<Message>, _: SendOptions) -> Result<Sent, SendError> {
        self.base.link.send(Frame::message(&message.into()))
    }

    /// Closes the connection, after what was sent before. A second close changes nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidCloseCode`] when no close frame may carry the code.
    pub fn close(&self, code: impl Into<CloseCode>, reason: impl Into<String>) -> Result<(), InvalidCloseCode> {
        self.base.close(code, reason)
    }

    /// A handle to keep, and to use from other tasks.
    pub fn socket(&self) -> WsSocket {
        WsSocket::new(Arc::clone(&self.base.link))
    }

    /// The rooms of the app.
    pub fn rooms(&self) -> Rooms {
        self.base.app.rooms()
    }

    /// Who it is.
    pub fn id(&self) -> ConnectionId {
        self.base.id()
    }

    /// How far the connection is.
    pub fn ready_state(&self) -> ReadyState {
        self.base.link.ready_state()
    }

    /// The target that was asked for.
    pub fn url(&self) -> &Uri {
        &self.uri
    }

    /// The subprotocol that was picked.
    pub fn protocol(&self) -> Option<&str> {
        self.base.protocol()
    }

    /// What the host lent of its own connection, when it lent a `T`: it puts a [`Raw`](crate::upgrade::Raw) of it into
    /// the request's extensions.
    pub fn raw<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.raw.as_ref()?.lent()
    }

    /// Registers what is to be undone when the connection ends, however it ends. The last registered runs first, and
    /// all of them before `on_close`.
    pub fn on_teardown(&mut self, teardown: impl FnOnce() + MaybeSend + 'static) {
        self.base.on_teardown(teardown);
    }

    /// Hands a failure to the app's error hook.
    pub fn report(&self, failure: &Failure) {
        self.base.app.report(failure);
    }
}

/// Raw events, and how their upgrade is answered.
///
/// ```
/// use irori::{Events, handler::Accept};
///
/// let accept = Accept::new(Events::new()).protocols(["chat.v2", "chat.v1"]);
/// ```
pub struct Accept<E> {
    events: E,
    protocols: Vec<String>,
    headers: HeaderMap,
}

impl<E: WsEvents> Accept<E> {
    /// Events, and no more than that to say.
    pub fn new(events: E) -> Self {
        Self { events, protocols: Vec::new(), headers: HeaderMap::new() }
    }

    /// The subprotocols spoken. The first one that the client offers is picked; without a match, none is.
    pub fn protocols<T: Into<String>>(mut self, protocols: impl IntoIterator<Item = T>) -> Self {
        self.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a header to the 101.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

impl<E> fmt::Debug for Accept<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accept").field("protocols", &self.protocols).finish_non_exhaustive()
    }
}

/// What may decide a raw route or a direct upgrade: events alone, or with an [`Accept`] around them.
pub trait IntoAccept: MaybeSend {
    /// The events.
    type Events: WsEvents;

    /// The events and how their upgrade is answered.
    fn into_accept(self) -> Accept<Self::Events>;
}

impl<E: WsEvents> IntoAccept for E {
    type Events = E;

    fn into_accept(self) -> Accept<E> {
        Accept::new(self)
    }
}

impl<E: WsEvents> IntoAccept for Accept<E> {
    type Events = E;

    fn into_accept(self) -> Self {
        self
    }
}

/// A raw route: decides the events of each request by looking at it.
pub(crate) struct RawUnit<F>(F);

impl<F> RawUnit<F> {
    pub(crate) fn new(decide: F) -> Self {
        Self(decide)
    }
}

impl<F, A> Unit for RawUnit<F>
where
    F: Fn(&Upgrade) -> A + MaybeSend + MaybeSync,
    A: IntoAccept,
{
    fn open<'a>(&'a self, upgrade: &'a Upgrade, visit: Visit) -> BoxFuture<'a, Result<Opening, Rejection>> {
        let opening = open_raw(self.0(upgrade), upgrade, visit.base);
        Box::pin(ready(Ok(opening)))
    }
}

/// A raw connection of these events.
pub(crate) fn open_raw(accept: impl IntoAccept, upgrade: &Upgrade, mut base: Base) -> Opening {
    let Accept { events, protocols, headers } = accept.into_accept();
    base.protocol = upgrade.pick(&protocols);
    let ws = WsContext { base, uri: own(upgrade.uri()), raw: upgrade.extension().cloned() };
    Opening { headers, ..Opening::of(RawRun { events, ws }) }
}

/// A copy that keeps nothing else alive: a host's own URI may be a slice of the buffer that the request was read into.
fn own(uri: &Uri) -> Uri {
    uri.to_string().parse().unwrap_or_default()
}

struct RawRun<E> {
    events: E,
    ws: WsContext,
}

impl<E: WsEvents> Hooks for RawRun<E> {
    async fn run(&mut self, _: Now, event: Event) -> Result<Ran, Cause> {
        let ws = &mut self.ws;
        match event {
            Event::Open => self.events.on_open(ws).await?,
            Event::Message(payload) => {
                let message = match payload {
                    Payload::Binary(bytes) => Message::Binary(bytes),
                    Payload::Text(bytes) => Text::from_utf8(bytes)
                        .map(Message::Text)
                        .ok_or(Cause::Transport(Error::new("the transport handed up text that is no UTF-8")))?,
                };
                self.events.on_message(ws, message).await?;
            }
            Event::Fault(_, cause) => return Err(cause),
            Event::Close(info) => self.events.on_close(ws, &info).await?,
            Event::Tick => {}
        }
        Ok(Ran::default())
    }

    fn part(&mut self) -> Vec<Cause> {
        self.ws.base.tear_down()
    }

    fn report(&mut self, stage: Stage, cause: Cause) {
        let failure = self.ws.base.failure(stage, cause);
        self.events.on_error(&mut self.ws, &failure);
    }

    fn malformed(&self) -> Malformed {
        Malformed::Drop // raw messages have no form
    }

    fn base(&self) -> &Base {
        &self.ws.base
    }
}
