//! Single messages: what may be in them, how large they may be, and in how many pieces they may come.

pub(super) mod content;
pub(super) mod framing;
