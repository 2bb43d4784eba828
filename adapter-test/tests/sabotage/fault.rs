mod host;
mod stream;
mod upgrade;

use crate::seams::Seams;

/// One fault, planted in an adapter that is right without it.
pub(crate) struct Fault {
    /// What the adapter does.
    pub(crate) what: &'static str,
    /// The case that does not hold then.
    pub(crate) case: &'static str,
    pub(crate) plant: fn(&mut Seams),
}

const fn fault(what: &'static str, case: &'static str, plant: fn(&mut Seams)) -> Fault {
    Fault { what, case, plant }
}

/// The table, in the order in which an adapter meets a connection.
pub(crate) const FAULTS: &[&[Fault]] = &[
    upgrade::MOUNTING,
    upgrade::READING,
    upgrade::ANSWERING,
    host::OWNING,
    stream::RECEIVING,
    stream::SENDING,
    stream::CLOSING,
    host::ENDING,
];
