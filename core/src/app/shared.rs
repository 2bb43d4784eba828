use std::sync::Arc;

use crate::{
    connection::Rooms,
    contain::contained,
    error::{ErrorHook, Failure},
    hub::Hub,
    limits::Limits,
};

/// What every connection of an app shares.
pub(crate) struct Shared {
    pub(crate) limits: Arc<Limits>,
    pub(crate) hub: Arc<Hub>,
    on_error: Vec<Box<dyn ErrorHook>>,
}

impl Shared {
    pub(super) fn new(limits: Limits, on_error: Vec<Box<dyn ErrorHook>>) -> Self {
        let limits = Arc::new(limits);
        Self { hub: Arc::new(Hub::new(Arc::clone(&limits))), limits, on_error }
    }

    pub(crate) fn rooms(&self) -> Rooms {
        Rooms::new(Arc::clone(&self.hub))
    }

    /// Calls the app's error hooks; a panic in one ends up in the log, and nowhere else.
    pub(crate) fn report(&self, failure: &Failure) {
        if self.on_error.is_empty() {
            failure.log();
        }
        for hook in &self.on_error {
            if let Err(panic) = contained(|| hook.call(failure)) {
                tracing::error!(unit = %failure.unit, panic, "the error hook panicked");
            }
        }
    }
}
