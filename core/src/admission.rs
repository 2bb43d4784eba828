//! From an upgrade to an admission: is it one, which unit, who may, with which data. Runs once per connection.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue};

use crate::{
    app::{BuiltApp, Entry, Shared, Target},
    channel::{KeyError, Params},
    connection::Base,
    contain::{Contained, contained},
    error::{Cause, Error, Failure, Refusal, Rejection, Stage},
    handler::{DynConnection, IntoAccept, Opening, Policy, Visit, open_raw},
    hub::Place,
    id::ConnectionId,
    limits::Limits,
    link::Link,
    resume::Record,
    room::{RoomKey, Sink as _},
    rt::{Runtime, within},
    session::Manner,
    upgrade::Upgrade,
    wire::{CloseCode, CloseFrame},
};

/// A connection that was let in, or one whose denial is told by a close frame. The adapter answers 101 to both, and
/// hands it to [`drive`](crate::helper::drive) with the stream.
#[must_use = "an admission is driven"]
pub struct Admission {
    pub(crate) unit: Arc<str>,
    pub(crate) link: Arc<Link>,
    pub(crate) app: Arc<Shared>,
    pub(crate) place: Place,
    pub(crate) entrance: Entrance,
    protocol: Option<HeaderValue>,
    headers: HeaderMap,
}

pub(crate) enum Entrance {
    Open { connection: Box<dyn DynConnection>, manner: Manner },
    Denied(CloseFrame),
}

impl Admission {
    /// Who the connection is.
    pub fn id(&self) -> ConnectionId {
        self.link.id()
    }

    /// The subprotocol that was picked: the `Sec-WebSocket-Protocol` of the 101.
    pub fn protocol(&self) -> Option<&HeaderValue> {
        self.protocol.as_ref()
    }

    /// Headers that the app adds to the 101.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What a host that calls by event stores of it; then the admission has served. `None` for what cannot outlive the
    /// host's memory, raw events and denials, which are [driven](crate::helper::drive) as on any other host.
    ///
    /// # Errors
    ///
    /// [`Refusal::Failed`] when it takes more than `budget` bytes, with what it shows in its room; the error hook is told.
    pub fn record(&mut self, budget: usize) -> Result<Option<Record>, Refusal> {
        let Entrance::Open { connection, .. } = &mut self.entrance else {
            return Ok(None);
        };
        let record = match connection.record() {
            Ok(None) => return Ok(None),
            Ok(Some(record)) => record,
            Err(cause) => {
                connection.report(Stage::Data, cause);
                return Err(Refusal::Failed);
            }
        };
        let state = record.room().map_or(0, |_| self.app.limits.presence.bytes);
        let bytes = record.to_string().len() + state;
        if bytes > budget {
            let error = Error::new(format!(
                "the connection may take {bytes} bytes to be remembered, {state} of them `limits.presence.bytes`: {budget} are the most"
            ));
            connection.report(Stage::Data, Cause::Error(error));
            return Err(Refusal::Failed);
        }
        Ok(Some(record))
    }

    /// The limits that the transport is to keep.
    pub fn limits(&self) -> &Limits {
        &self.app.limits
    }
}

/// Why an upgrade leads to no open connection.
enum No {
    Denied(CloseFrame),
    Refused(Refusal),
}

impl No {
    fn forbidden() -> Self {
        Self::Denied(CloseFrame::of(CloseCode::FORBIDDEN, "forbidden"))
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<KeyError> for No {
    fn from(error: KeyError) -> Self {
        tracing::debug!(%error, "denied");
        Self::forbidden()
    }
}

/// The subprotocol of a denial: the one that would be spoken, or else the first that is offered. A browser that offers some
/// and is answered with none sees a failure (1006), and not the close code.
fn protocol_of_denial(target: &Target<'_>, upgrade: &Upgrade) -> Option<HeaderValue> {
    let spoken = match target {
        Target::Route(entry, _) | Target::Named(entry) => entry.unit.policy().protocols,
        Target::Unknown | Target::Outdated => &[],
    };
    upgrade
        .pick(spoken)
        .or_else(|| HeaderValue::from_str(upgrade.protocols().find(|offered| !offered.is_empty())?).ok())
}

impl BuiltApp {
    /// Decides about an upgrade.
    pub(crate) async fn admit<R: Runtime>(&self, upgrade: Upgrade, runtime: &R) -> Result<Admission, Refusal> {
        upgrade.check(self.origins(), self.limits().upgrade.head_bytes)?;
        let visitor = self.visitor(&upgrade, runtime)?;
        let limit = self.limits().upgrade.deadline;
        let target = self.target(&upgrade)?;
        let denial = protocol_of_denial(&target, &upgrade);
        let (entry, params) = match target {
            Target::Route(entry, params) => (entry, Some(params)),
            Target::Named(entry) => (entry, None),
            Target::Unknown => {
                let (module, name) = (upgrade.query("m"), upgrade.query("s"));
                tracing::debug!(module, name, "nothing of this name is served");
                let frame = CloseFrame::of(CloseCode::FORBIDDEN, "unknown socket");
                return Ok(visitor.denied(frame, denial));
            }
            // No guard is asked: it may not understand the key of an outdated page, which is to reload, not to hear that it may
            // not come in.
            Target::Outdated => {
                let frame = CloseFrame::of(CloseCode::CONTRACT, "contract");
                return Ok(visitor.denied(frame, denial));
            }
        };
        let visitor = Visitor { unit: Arc::clone(&entry.name), ..visitor };
        match within(runtime, limit, self.open(entry, params, upgrade, &visitor)).await {
            Some(Ok(opening)) => Ok(visitor.opened(opening, entry.unit.policy())),
            Some(Err(No::Denied(frame))) => Ok(visitor.denied(frame, denial)),
            Some(Err(No::Refused(refusal))) => Err(refusal),
            None => Err(Refusal::TimedOut),
        }
    }

    /// Decides about an upgrade whose events are there already.
    pub(crate) fn admit_direct<R: Runtime>(
        &self,
        upgrade: &Upgrade,
        events: impl IntoAccept,
        runtime: &R,
    ) -> Result<Admission, Refusal> {
        upgrade.check(self.origins(), self.limits().upgrade.head_bytes)?;
        let visitor = self.visitor(upgrade, runtime)?;
        let opening = open_raw(events, upgrade, visitor.base(None));
        Ok(visitor.opened(opening, Policy::new()))
    }

    fn visitor<R: Runtime>(&self, upgrade: &Upgrade, runtime: &R) -> Result<Visitor, Refusal> {
        let app = Arc::clone(self.shared());
        let id = ConnectionId::from_random(runtime.random());
        let link = Arc::new(Link::new(id, Arc::clone(&app.limits)));
        let place = app.hub.enter(&link, upgrade.remote_addr().map(|address| address.ip()))?;
        Ok(Visitor { unit: upgrade.path().into(), link, app, place })
    }

    async fn open(
        &self,
        entry: &Entry,
        params: Option<Params>,
        mut upgrade: Upgrade,
        visitor: &Visitor,
    ) -> Result<Opening, No> {
        let (params, room) = match params {
            Some(params) => (params, None),
            None => self.key(entry, &upgrade)?,
        };
        upgrade.set_params(params);
        for guard in &entry.guards {
            self.ask(entry, Stage::Guard, async { guard.check(&upgrade).await }).await?;
        }
        self.ask(entry, Stage::Guard, async { entry.unit.guard(&upgrade).await }).await?;
        let visit = Visit { base: visitor.base(upgrade.pick(entry.unit.policy().protocols)), room };
        self.ask(entry, Stage::Data, async { entry.unit.open(&upgrade, visit).await }).await
    }

    /// The key params of a socket or room, and the room they lead to, all within limits.
    fn key(&self, entry: &Entry, upgrade: &Upgrade) -> Result<(Params, Option<RoomKey>), No> {
        let limits = self.limits();
        let r = upgrade.query("r").unwrap_or_default();
        let given = Params::read(&r, entry.unit.segments())?;
        // A key's fields are of the app's types, which may panic when they are read.
        let params = match contained(|| entry.unit.check_key(&given)) {
            Ok(params) => params?,
            Err(panic) => return Err(self.failed(entry, Stage::Key, Cause::Panic(panic))),
        };
        params.check_filled(entry.unit.segments())?;
        if params.to_json().len() > limits.upgrade.params_bytes {
            return Err(KeyError::TOO_LONG.into());
        }
        let Some(room) = entry.unit.room(&entry.name, &params) else {
            return Ok((params, None));
        };
        if room.topic.len() > limits.room.key_bytes {
            return Err(KeyError::TOO_LONG.into());
        }
        if !self.shared().hub.has_place(&room) {
            return Err(Refusal::Full.into());
        }
        Ok((params, Some(room)))
    }

    /// Asks the app's code. What it throws is told to the error hook and ends in a 500.
    async fn ask<T>(
        &self,
        entry: &Entry,
        stage: Stage,
        answer: impl Future<Output = Result<T, Rejection>>,
    ) -> Result<T, No> {
        let cause = match Contained(answer).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Rejection::Deny)) => return Err(No::forbidden()),
            Ok(Err(Rejection::Close(frame))) => return Err(No::Denied(frame)),
            Ok(Err(Rejection::Redirect(_))) => {
                tracing::warn!(unit = %entry.name, "a guard redirects, which a WebSocket cannot: denied");
                return Err(No::forbidden());
            }
            Ok(Err(Rejection::Error(error))) => Cause::Error(error),
            Err(panic) => Cause::Panic(panic),
        };
        Err(self.failed(entry, stage, cause))
    }

    fn failed(&self, entry: &Entry, stage: Stage, cause: Cause) -> No {
        let failure = Failure { unit: Arc::clone(&entry.name), connection: None, stage, cause };
        self.shared().report(&failure);
        No::Refused(Refusal::Failed)
    }
}

/// A connection in the making.
struct Visitor {
    unit: Arc<str>,
    link: Arc<Link>,
    app: Arc<Shared>,
    place: Place,
}

impl Visitor {
    fn base(&self, protocol: Option<HeaderValue>) -> Base {
        Base::new(Arc::clone(&self.link), Arc::clone(&self.app), Arc::clone(&self.unit), protocol)
    }

    fn opened(self, opening: Opening, policy: Policy) -> Admission {
        let manner = Manner { keep_failed_open: policy.keep_failed_open };
        let entrance = Entrance::Open { connection: opening.connection, manner };
        self.into_admission(entrance, opening.protocol, opening.headers)
    }

    fn denied(self, frame: CloseFrame, protocol: Option<HeaderValue>) -> Admission {
        let (code, reason) = (frame.code(), frame.reason());
        tracing::info!(unit = %self.unit, connection = %self.link.id(), %code, reason, "denied");
        self.into_admission(Entrance::Denied(frame), protocol, HeaderMap::new())
    }

    fn into_admission(self, entrance: Entrance, protocol: Option<HeaderValue>, headers: HeaderMap) -> Admission {
        let Self { unit, link, app, place } = self;
        Admission { unit, link, app, place, entrance, protocol, headers }
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("id", &self.id()).field("unit", &self.unit).finish_non_exhaustive()
    }
}
