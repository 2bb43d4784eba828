use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventTarget};

/// A function that hears an event, until this is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    hear: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(super) fn new(target: &EventTarget, event: &'static str, hear: impl FnMut(Event) + 'static) -> Self {
        let hear = Closure::new(hear);
        // It throws for a getter of its options, and there are none.
        let _ = target.add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
        Self { target: target.clone(), event, hear }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.hear.as_ref().unchecked_ref());
    }
}
