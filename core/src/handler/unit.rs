use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{burst::DynConnection, policy::Policy, run::Hooks};
use crate::{
    channel::{KeyError, Params, Segment},
    connection::Base,
    error::{Error, Rejection},
    limits::Limits,
    resume::Record,
    room::RoomKey,
    rt::{BoxFuture, MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

/// A handler as the app holds it: erased once, when it is registered.
pub(crate) trait Unit: MaybeSend + MaybeSync {
    /// The parts of its key's pattern.
    fn segments(&self) -> &'static [Segment<'static>] {
        &[]
    }

    fn policy(&self) -> Policy {
        Policy::new()
    }

    /// Whether the params spell a key, and how they are spelled canonically.
    fn check_key(&self, params: &Params) -> Result<Params, KeyError> {
        Ok(params.clone())
    }

    /// The room that these params lead to, if it is a room.
    fn room(&self, unit: &Arc<str>, params: &Params) -> Option<RoomKey> {
        let _ = (unit, params);
        None
    }

    /// The handler's own guard.
    fn guard<'a>(&'a self, upgrade: &'a Upgrade) -> BoxFuture<'a, Result<(), Rejection>> {
        let _ = upgrade;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Makes the data and the connection.
    fn open<'a>(&'a self, upgrade: &'a Upgrade, visit: Visit) -> BoxFuture<'a, Result<Opening, Rejection>>;

    /// Makes the connection anew, of what was kept of it; `None` when that cannot be read.
    fn resume(&self, record: &Record, base: Base) -> Option<Box<dyn DynConnection>> {
        let _ = (record, base);
        None
    }
}

/// What a connection is made of.
pub(crate) struct Visit {
    pub(crate) base: Base,
    pub(crate) room: Option<RoomKey>,
}

/// A connection that was made, and how its upgrade is answered.
pub(crate) struct Opening {
    pub(crate) connection: Box<dyn DynConnection>,
    /// The subprotocol that was picked.
    pub(crate) protocol: Option<HeaderValue>,
    pub(crate) headers: HeaderMap,
}

impl Opening {
    pub(crate) fn of(connection: impl Hooks) -> Self {
        let protocol = connection.base().protocol.clone();
        Self { connection: Box::new(connection), protocol, headers: HeaderMap::new() }
    }
}

/// Refuses data that no Workers host could carry, so that it is refused on every host (PROTOCOL.md, section 3).
pub(crate) fn budgeted<D: Serialize>(data: &D, limits: &Limits) -> Result<Box<RawValue>, Error> {
    let json = serde_json::value::to_raw_value(data)?;
    let (bytes, most) = (json.get().len(), limits.upgrade.data_bytes);
    if bytes > most {
        return Err(Error::new(format!("the connection's data takes {bytes} bytes of JSON, over {most}")));
    }
    Ok(json)
}
