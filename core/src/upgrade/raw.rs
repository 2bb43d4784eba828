use std::{any::Any, fmt, sync::Arc};

/// Something of the host's own connection, lent to raw events: `WsContext::raw` gives it back by its type.
#[derive(Clone)]
pub struct Raw(Arc<dyn Any + Send + Sync>);

impl Raw {
    /// Lends `thing`.
    pub fn new<T: Send + Sync + 'static>(thing: T) -> Self {
        Self(Arc::new(thing))
    }

    pub(crate) fn lent<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw")
    }
}
