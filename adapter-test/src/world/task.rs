use std::{
    sync::{Arc, PoisonError},
    task::Wake,
};

use super::ReadyQueue;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TaskId(pub(super) u64);

/// The tasks that were woken, in that order.
#[derive(Debug, Default)]
pub(super) struct Ready(ReadyQueue);

impl Ready {
    pub(super) fn push(&self, id: TaskId) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !queue.contains(&id) {
            queue.push_back(id);
        }
    }

    pub(super) fn pop(&self) -> Option<TaskId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

pub(super) struct TaskWaker {
    id: TaskId,
    ready: Arc<Ready>,
}

impl TaskWaker {
    pub(super) fn new(id: TaskId, ready: Arc<Ready>) -> Self {
        Self { id, ready }
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.ready.push(self.id);
    }
}
