use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// A place in a room: counted up from the first member, so that their order is the order of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Seat(NonZeroU64);

impl Seat {
    /// The `number`th seat, counted from zero.
    pub(crate) fn new(number: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(number))
    }

    /// The seat after it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
