//! Connections that outlive the host's memory: what they remember, who is still there, and what wakes them.

pub(super) mod memory;
pub(super) mod record;
pub(super) mod room;
