use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    channel::Params,
    elsewhere::present,
    id::ConnectionId,
    room::RoomKey,
    seat::Seat,
    session::{self, Gcra},
};

/// The version of what is written. A record of another version is closed with 1012: its client connects again.
const VERSION: u32 = 1;

/// A connection as a value: who it is, where it belongs, and all that it must remember.
///
/// It is kept as JSON: `{"v":1,"ours":{..},"data":..}`, our part apart from the user's. [`Display`](fmt::Display) writes
/// it, [`Record::read`] reads it.
#[derive(Serialize, Deserialize)]
pub struct Record {
    #[serde(rename = "v")]
    version: u32,
    pub(crate) ours: Ours,
    /// The handler's data.
    pub(crate) data: Box<RawValue>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ours {
    pub(crate) id: ConnectionId,
    pub(crate) unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) topic: Option<String>,
    pub(crate) params: Params,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seat: Option<StoredSeat>,
    #[serde(default)]
    pub(crate) session: session::Stored,
}

/// A member's place in its room, and what it shows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredSeat {
    #[serde(rename = "n")]
    pub(crate) seat: Seat,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<Box<RawValue>>,
    /// Whether the others have not been told of the state yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_held: bool,
    /// How fast the member has changed it.
    #[serde(default)]
    pub(crate) updates: Gcra,
}

/// What is kept with a socket whose connection has ended and that the host still lists.
pub(super) const ENDED: &str = r#"{"v":0}"#;

/// What is kept with a socket whose connection is leaving: no record of any version, so it is turned out, and its room told.
pub(super) fn leaving(id: ConnectionId) -> String {
    format!(r#"{{"v":0,"ours":{{"id":"{id}"}}}}"#)
}

/// Why a connection cannot be brought to life again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// It is no record of ours: the socket is somebody else's, and is left alone.
    Foreign,
    /// The connection has ended already.
    Ended,
    /// It was written by another version, or for a handler or types that are no more.
    Outdated {
        /// Whose it was, if so much can be read.
        id: Option<ConnectionId>,
    },
}

impl Record {
    /// Reads what was kept.
    ///
    /// # Errors
    ///
    /// [`RecordError`] when it is no record, or none that can be read any more.
    pub fn read(kept: &str) -> Result<Self, RecordError> {
        if kept == ENDED {
            return Err(RecordError::Ended);
        }
        let Version { version, ours } = serde_json::from_str(kept).map_err(|_| RecordError::Foreign)?;
        match version {
            VERSION => serde_json::from_str(kept).map_err(|_| RecordError::Outdated { id: ours.id }),
            _ => Err(RecordError::Outdated { id: ours.id }),
        }
    }

    /// Who it is.
    pub fn id(&self) -> ConnectionId {
        self.ours.id
    }

    /// The subprotocol that was picked.
    pub fn protocol(&self) -> Option<&str> {
        self.ours.protocol.as_deref()
    }

    /// The room it belongs to; `None` when it is a socket.
    pub fn room(&self) -> Option<RoomKey> {
        let topic = self.ours.topic.as_deref()?;
        Some(RoomKey { unit: self.ours.unit.as_str().into(), topic: topic.into() })
    }

    pub(crate) fn new(ours: Ours, data: Box<RawValue>) -> Self {
        Self { version: VERSION, ours, data }
    }
}

/// Whose it is; its data may be nobody else's to see.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ours { id, unit, .. } = &self.ours;
        f.debug_struct("Record").field("id", id).field("unit", unit).finish_non_exhaustive()
    }
}

/// The JSON that is kept.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "this is no record of a connection",
            Self::Ended => "the connection has ended",
            Self::Outdated { .. } => "the record is of another version of the app or the library",
        })
    }
}

impl std::error::Error for RecordError {}

/// What can be read of a record of any version.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "v")]
    version: u32,
    ours: Whose,
}

#[derive(Deserialize)]
struct Whose {
    #[serde(default)]
    id: Option<ConnectionId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEATED: &str = r#"{"v":1,"ours":{"id":"00000000-0000-4000-8000-000000000001","unit":"a::b","topic":"t","params":{"b":"2","a":"1"},"seat":{"n":3,"state":null,"updates":0},"session":{"opened":true,"rate":[1,2,3]}},"data":{"x": 1}}"#;

    #[test]
    fn a_record_is_written_as_it_was_read() {
        let record = Record::read(SEATED).unwrap();
        assert_eq!(record.to_string(), SEATED);
        assert_eq!(record.room().unwrap().to_string(), "a::b t");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let id = Record::read(SEATED).unwrap().id();
        let read = |text: &str| Record::read(text).map(drop).unwrap_err();
        assert_eq!(read("{}"), RecordError::Foreign);
        assert_eq!(read("null"), RecordError::Foreign);
        assert_eq!(read(ENDED), RecordError::Ended);
        assert_eq!(read(&leaving(id)), RecordError::Outdated { id: Some(id) });
        assert_eq!(read(&SEATED.replace(r#""v":1"#, r#""v":2"#)), RecordError::Outdated { id: Some(id) });
        assert_eq!(read(&SEATED.replace("unit", "tinu")), RecordError::Outdated { id: Some(id) });
        assert_eq!(read(r#"{"v":7,"ours":{}}"#), RecordError::Outdated { id: None });
        assert_eq!(read(r#"{"v":7,"user":"x"}"#), RecordError::Foreign);
    }
}
