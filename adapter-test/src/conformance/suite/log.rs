use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use irori::error::{Cause, Failure};
use serde_json::{Value, json};

use super::Pause;

/// What the hooks of the suite have done: `["echo.open", ...]` and the like, in order.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    entries: Vec<Value>,
    stopped: bool,
}

impl Log {
    /// Everything so far.
    pub fn entries(&self) -> Vec<Value> {
        self.lock().entries.clone()
    }

    /// Waits until so many events of this name were noted, and gives them. It looks again and again, as the gate does: not
    /// every host lets one event wake what waits in another.
    pub(super) async fn reach(&self, event: &str, count: usize, pause: &Pause) -> Vec<Value> {
        loop {
            let found: Vec<Value> = self.lock().entries.iter().filter(|entry| entry[0] == event).cloned().collect();
            if found.len() >= count {
                return found;
            }
            pause.millis(1).await;
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.lock().entries.clear();
    }

    /// Writes nothing down any more: for measurements.
    pub fn stop(&self) {
        self.lock().stopped = true;
    }

    /// Notes an event with its details.
    pub(super) fn note(&self, event: &str, details: impl IntoIterator<Item = Value>) {
        let entry = std::iter::once(json!(event)).chain(details).collect();
        let mut log = self.lock();
        if !log.stopped {
            log.entries.push(Value::Array(entry));
        }
    }

    /// Notes a failure: `["error", unit, stage, kind, message]`.
    pub(super) fn failure(&self, failure: &Failure) {
        let kind = match failure.cause {
            Cause::Error(_) => "error",
            Cause::Panic(_) => "panic",
            Cause::TimedOut => "timeout",
            Cause::Malformed(_) => "malformed",
            Cause::Limit(_) => "limit",
            Cause::Transport(_) => "transport",
            _ => "other",
        };
        let unit = failure.unit.rsplit("::").next().unwrap_or_default();
        self.note(
            "error",
            [json!(unit), json!(failure.stage.to_string()), json!(kind), json!(failure.cause.to_string())],
        );
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
