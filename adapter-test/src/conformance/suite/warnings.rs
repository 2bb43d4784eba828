//! The warnings of the library, which its operator reads in the log of the server, and a case here.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};

/// The units that were warned about, once for each warning. Empty, and never filled, when nobody keeps them.
static UNITS: OnceLock<Mutex<Vec<String>>> = OnceLock::new();

/// Keeps warnings from now on, in the whole process, unless its log goes elsewhere already.
pub(in crate::conformance) fn keep() {
    if tracing::subscriber::set_global_default(Keeper).is_ok() {
        UNITS.get_or_init(Mutex::default);
    }
}

/// The units that were warned about so far; `None` when nobody keeps them.
pub(super) fn units() -> Option<Vec<String>> {
    UNITS.get().map(|units| lock(units).clone())
}

/// Hears warnings and nothing else.
struct Keeper;

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() == Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Unit);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1) // none is enabled
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Takes the unit of a warning, if it names one.
struct Unit;

impl Visit for Unit {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "unit"
            && let Some(units) = UNITS.get()
        {
            lock(units).push(format!("{value:?}"));
        }
    }
}

fn lock(units: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    units.lock().unwrap_or_else(PoisonError::into_inner)
}
