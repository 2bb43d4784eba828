use std::num::NonZeroU64;

/// A place in a room: counted up from the first member, so that their order is the order of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Seat(NonZeroU64);

impl Seat {
    /// The `number`th seat, counted from zero.
    pub(crate) fn new(number: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(number))
    }
}
