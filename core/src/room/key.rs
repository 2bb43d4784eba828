use std::{fmt, str::FromStr, sync::Arc};

/// What a room is known by: its unit and its topic, so that two definitions of one topic do not hear each other.
///
/// Written as text it is both with a space between them, which no topic contains: no two rooms are written alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomKey {
    pub(crate) unit: Arc<str>,
    pub(crate) topic: Arc<str>,
}

impl fmt::Display for RoomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.unit, self.topic)
    }
}

impl FromStr for RoomKey {
    type Err = InvalidRoomKey;

    fn from_str(text: &str) -> Result<Self, InvalidRoomKey> {
        let (unit, topic) = text.rsplit_once(' ').ok_or(InvalidRoomKey)?;
        Ok(Self { unit: unit.into(), topic: topic.into() })
    }
}

/// A text that is no room's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRoomKey;

impl fmt::Display for InvalidRoomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a room is a unit and a topic, with a space between them")
    }
}

impl std::error::Error for InvalidRoomKey {}
