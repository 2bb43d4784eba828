//! How the core behaves where it is hardest to see: floods, panics, readers that stop, tasks that are cut, ends.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

mod door;
mod event;
mod wire;

mod clock;
mod close;
mod flood;
mod ghost;
mod panic;
mod promise;
mod size;
mod stall;
