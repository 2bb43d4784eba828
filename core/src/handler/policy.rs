/// How a unit treats its connections where that is a matter of taste.
///
/// ```
/// use irori::handler::Policy;
///
/// let policy = Policy::new().keep_failed_open().protocols(&["chat.v2", "chat.v1"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub(crate) keep_failed_open: bool,
    pub(crate) malformed: Malformed,
    pub(crate) protocols: &'static [&'static str],
}

/// What becomes of a connection that sent what cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// The message is dropped, the connection stays (PROTOCOL.md, section 4).
    #[default]
    Drop,
    /// The connection is closed with 1007.
    Close,
}

impl Policy {
    /// The policy of PROTOCOL.md.
    pub const fn new() -> Self {
        Self { keep_failed_open: false, malformed: Malformed::Drop, protocols: &[] }
    }

    /// A failed `on_open` or `on_join` leaves the connection open; else it is closed with 1011.
    pub const fn keep_failed_open(mut self) -> Self {
        self.keep_failed_open = true;
        self
    }

    /// What becomes of a connection that sent what cannot be read.
    pub const fn malformed(mut self, malformed: Malformed) -> Self {
        self.malformed = malformed;
        self
    }

    /// The subprotocols spoken. The first one that the client offers is picked; without a match, none is.
    pub const fn protocols(mut self, protocols: &'static [&'static str]) -> Self {
        self.protocols = protocols;
        self
    }
}
