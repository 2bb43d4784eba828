use irori::rt::BoxError;

use super::socket::Event;

/// Where an adapter of a host that calls by event can go wrong. The default is right.
#[derive(Clone, Copy)]
pub(crate) struct Seams {
    /// What is kept with a socket, of what was kept before and what is to be kept now.
    pub(crate) keep: fn(&str, String) -> Result<String, BoxError>,
    /// The bytes that it says can be kept.
    pub(crate) budget: usize,
    /// What was kept, on its way back to the core.
    pub(crate) read: fn(String) -> String,
    /// Whom it brings to life when memory comes back.
    pub(crate) wakes: Wakes,
    /// Whether an event is told that found no memory.
    pub(crate) tells: fn(&Event) -> bool,
    /// Whether memory stays for as long as a hook runs.
    pub(crate) waits: bool,
    /// Whether it reads on while a hook runs.
    pub(crate) reads_on: bool,
    /// How it is called when a deadline has come.
    pub(crate) alarm: Alarm,
    /// Whether it asks for a place before it answers an upgrade.
    pub(crate) checks: bool,
    /// Whether it polls when a question was answered.
    pub(crate) polls_answered: bool,
    /// Whether it shows the core what was kept by another version.
    pub(crate) shows_outdated: bool,
    /// Whether it closes sockets that are not the core's.
    pub(crate) closes_foreign: bool,
    /// Whether everything that was kept is lost when a connection fails.
    pub(crate) fails_together: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wakes {
    All,
    /// The one whose event it is.
    Caller,
    /// All, but behind an upgrade that woke them.
    BehindUpgrades,
    NoOne,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// By the host, whether there is memory or not.
    OfTheHost,
    /// As long as there is memory.
    InMemory,
    Never,
}

/// The bytes that can be kept with a socket.
const BUDGET: usize = 16_384;

impl Default for Seams {
    fn default() -> Self {
        Self {
            keep: |_, record| if record.len() > BUDGET { Err("too large".into()) } else { Ok(record) },
            budget: BUDGET,
            read: |kept| kept,
            wakes: Wakes::All,
            tells: |_| true,
            waits: true,
            reads_on: true,
            alarm: Alarm::OfTheHost,
            checks: true,
            polls_answered: true,
            shows_outdated: true,
            closes_foreign: false,
            fails_together: false,
        }
    }
}
