//! What is between connections: whose they are, and what becomes of them when the host ends.

use super::{Fault, fault};
use crate::seams::Shutdown;

pub(super) const OWNING: &[Fault] = &[
    fault("asks the app twice about one request", "data::runs_once", |seams| seams.asks_twice = true),
    fault("serves WebSockets from a second build of the app", "outside::broadcast_reaches_all", |seams| {
        seams.builds_anew = true;
    }),
    fault("keeps connections of the direct form out of the app", "shutdown::close_all_1001", |seams| {
        seams.claims_direct = false;
    }),
];

pub(super) const ENDING: &[Fault] = &[
    fault("takes its routes away as soon as it drains", "shutdown::no_new_upgrades_503", |seams| {
        seams.shutdown = Shutdown::Unmounts;
    }),
    fault("cuts every connection instead of a drain", "shutdown::leave_hooks_run", |seams| {
        seams.shutdown = Shutdown::Cuts;
    }),
    fault("cuts every connection when it is told twice to drain", "shutdown::second_shutdown_noop", |seams| {
        seams.shutdown = Shutdown::CutsTheSecondTime;
    }),
    fault("serves the app of its first start again after a restart", "shutdown::restart_accepts_again", |seams| {
        seams.keeps_app = true;
    }),
    fault("has the same randomness after each start", "shutdown::restart_forgets_rooms", |seams| {
        seams.random = |_, rolled| 1 << 100 | u128::from(rolled);
    }),
];
