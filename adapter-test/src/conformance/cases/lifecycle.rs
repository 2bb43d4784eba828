//! The life of one connection: which hooks run, in which order, and how it ends.

pub(super) mod closing;
pub(super) mod events;
