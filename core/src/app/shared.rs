use std::sync::Arc;

use crate::{
    connection::Rooms,
    contain::contained,
    elsewhere::Elsewhere,
    error::{ErrorHook, Failure},
    hub::Hub,
    limits::Limits,
};

/// What every connection of an app shares.
pub(crate) struct Shared {
    pub(crate) limits: Arc<Limits>,
    pub(crate) hub: Arc<Hub>,
    /// How rooms are reached that are not in `hub`.
    elsewhere: Option<Arc<dyn Elsewhere>>,
    on_error: Arc<[Box<dyn ErrorHook>]>,
}

impl Shared {
    pub(super) fn new(limits: Limits, on_error: Vec<Box<dyn ErrorHook>>) -> Self {
        let limits = Arc::new(limits);
        Self { hub: Arc::new(Hub::new(Arc::clone(&limits))), limits, elsewhere: None, on_error: on_error.into() }
    }

    /// The same, with rooms and connections of its own.
    pub(super) fn apart(&self) -> Self {
        let limits = Arc::clone(&self.limits);
        Self {
            hub: Arc::new(Hub::new(Arc::clone(&limits))),
            limits,
            elsewhere: self.elsewhere.clone(),
            on_error: Arc::clone(&self.on_error),
        }
    }

    /// The same, with rooms that are reached like this.
    pub(super) fn with_elsewhere(&self, elsewhere: Arc<dyn Elsewhere>) -> Self {
        Self { elsewhere: Some(elsewhere), ..self.apart() }
    }

    pub(crate) fn rooms(&self) -> Rooms {
        Rooms::new(Arc::clone(&self.hub), self.elsewhere.clone())
    }

    /// Calls the app's error hooks; a panic in one ends up in the log, and nowhere else.
    pub(crate) fn report(&self, failure: &Failure) {
        if self.on_error.is_empty() {
            failure.log();
        }
        for hook in &*self.on_error {
            if let Err(panic) = contained(|| hook.call(failure)) {
                tracing::error!(unit = %failure.unit, panic, "the error hook panicked");
            }
        }
    }
}
