use std::fmt;

/// The state of a client (PROTOCOL.md, section 7). Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The first attempt is under way.
    Connecting,
    /// Connected.
    Open,
    /// The connection was lost, or an attempt failed: the next one is waited for, or under way.
    Reconnecting,
    /// The app closed the connection, and the answer is waited for.
    Closing,
    /// There is no connection, and none is tried.
    Closed,
}

/// As PROTOCOL.md writes it, in small letters.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Reconnecting => "reconnecting",
            Self::Closing => "closing",
            Self::Closed => "closed",
        })
    }
}
