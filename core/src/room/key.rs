use std::{fmt, sync::Arc};

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
