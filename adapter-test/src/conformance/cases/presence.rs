//! Presence: what members show of themselves, and who sees it (PROTOCOL.md, section 5).

pub(super) mod convergence;
pub(super) mod limit;
pub(super) mod state;
