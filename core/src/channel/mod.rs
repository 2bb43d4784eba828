//! Channels: what a room or a socket is about, typed on the server and spelled as a path on the wire.

mod params;
mod topic;

pub use irori_pattern::{Segment, Slot};

pub use self::params::{KeyError, Params};
pub(crate) use self::topic::topic;
use crate::rt::{MaybeSend, MaybeSync};

/// A key type and the pattern of its channel. Derive it:
///
/// ```
/// use irori::Channel;
///
/// #[derive(Channel)]
/// #[channel("board/:board_id")]
/// pub struct Board {
///     pub board_id: String,
/// }
/// ```
///
/// A field may be of any type that is `FromStr` and `ToString`; a value that does not parse denies the connection. A
/// slot that may be absent (`:id?`, `:path*`) is an `Option`. A param is spelled as the wire has it: `:roomId` is the
/// field `room_id`.
///
/// What does not fit does not compile, and the message says what to write instead:
///
/// ```compile_fail
/// # use irori::Channel;
/// #[derive(Channel)]
/// #[channel("board/:board-id")] // a name is made of letters, digits and `_`; write `:board_id`
/// pub struct Board {
///     pub board_id: String,
/// }
/// ```
///
/// ```compile_fail
/// # use irori::Channel;
/// #[derive(Channel)]
/// #[channel("board/:board_id")] // the struct has no field `board_id`; add `pub board_id: String`
/// pub struct Board {
///     pub id: String,
/// }
/// ```
///
/// # Contract
///
/// - `SEGMENTS` is `PATTERN`, parsed (`channel::substitutes_one`).
/// - `from_params` reads what `to_params` wrote (`channel::substitutes_many`).
pub trait Channel: Sized + MaybeSend + MaybeSync + 'static {
    /// The pattern as it was written.
    const PATTERN: &'static str;

    /// The pattern in its parts.
    const SEGMENTS: &'static [Segment<'static>];

    /// The key that these params spell.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when a slot is missing or does not parse; the connection is denied then.
    fn from_params(params: &Params) -> Result<Self, KeyError>;

    /// The params that spell this key.
    fn to_params(&self) -> Params;
}

/// The key of a socket that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoKey;

impl Channel for NoKey {
    const PATTERN: &'static str = "";
    const SEGMENTS: &'static [Segment<'static>] = &[];

    fn from_params(_: &Params) -> Result<Self, KeyError> {
        Ok(Self)
    }

    fn to_params(&self) -> Params {
        Params::new()
    }
}
