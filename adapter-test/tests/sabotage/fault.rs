mod event;
mod host;
mod stream;
mod upgrade;

use std::sync::Arc;

use irori_test::conformance::Harness;

use crate::{
    event::{self as by_event, ByEvent},
    host::Bytewise,
    seams::Seams,
};

/// One fault, planted in an adapter that is right without it.
pub(crate) struct Fault {
    /// What the adapter does.
    pub(crate) what: &'static str,
    /// The case that does not hold then.
    pub(crate) case: &'static str,
    plant: Plant,
}

/// Into which adapter it is planted.
enum Plant {
    /// One that drives streams.
    Driving(fn(&mut Seams)),
    /// One that is called by event.
    ByEvent(fn(&mut by_event::Seams)),
}

impl Fault {
    /// The host with this fault.
    pub(crate) fn harness(&self) -> Arc<dyn Harness> {
        match self.plant {
            Plant::Driving(plant) => {
                let mut seams = Seams::default();
                plant(&mut seams);
                Arc::new(Bytewise::new(seams))
            }
            Plant::ByEvent(plant) => {
                let mut seams = by_event::Seams::default();
                plant(&mut seams);
                Arc::new(ByEvent::new(seams))
            }
        }
    }
}

const fn fault(what: &'static str, case: &'static str, plant: fn(&mut Seams)) -> Fault {
    Fault { what, case, plant: Plant::Driving(plant) }
}

const fn event_fault(what: &'static str, case: &'static str, plant: fn(&mut by_event::Seams)) -> Fault {
    Fault { what, case, plant: Plant::ByEvent(plant) }
}

/// The table, in the order in which an adapter meets a connection; at its end is what only those meet that are called by
/// event.
pub(crate) const FAULTS: &[&[Fault]] = &[
    upgrade::MOUNTING,
    upgrade::READING,
    upgrade::ANSWERING,
    host::OWNING,
    stream::RECEIVING,
    stream::SENDING,
    stream::CLOSING,
    host::ENDING,
    event::KEEPING,
    event::WAKING,
    event::CALLING,
];
