use std::fmt;

/// The state of a client (PROTOCOL.md, section 7). Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The first attempt is under way, since the client began, was enabled or went to another key.
    Connecting,
    /// Messages go out and come in. A socket is open as soon as it is connected, even when it is denied, and so closed, right
    /// after; a room when the server has let it in and said who is there.
    Open,
    /// The connection was lost, or an attempt failed: the next one is waited for, or under way.
    Reconnecting,
    /// The app closed the connection, and the answer is waited for, 5 s at most.
    Closing,
    /// There is no connection, and none is tried: closed by the app, ended for good by the server, given up, or not enabled.
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
