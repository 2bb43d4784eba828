//! The grammar of channel names and route paths, said once: irori's `#[derive(Channel)]` reads it
//! when an app is compiled, its app builder when an app is built.
//!
//! A pattern is a list of segments with a `/` between them. A segment is a parameter only when all
//! of it is `:`, a name of ASCII letters, digits and `_`, and at most one mark; anything else is a
//! literal and stands for itself.
//!
//! | segment | meaning |
//! |---|---|
//! | `board`, `chat:lobby-1` | a literal |
//! | `:id` | one value, required |
//! | `:id?` | one value, may be absent |
//! | `:path*` | the rest, which may hold slashes, may be absent |
//! | `:path+` | the rest, not empty |
//!
//! What only looks like a parameter is refused, because it would give every connection one and the
//! same topic:
//!
//! * a segment that starts with `:` and is no parameter: `:board-id`;
//! * a literal whose part after its last `:` would be a parameter if it stood alone:
//!   `board:boardId`, `shard:7`, while `chat:lobby-1` and `order:created.v2` are fine.
//!
//! Refused as well are a second optional or rest slot, a second parameter of one name, a name that
//! every JavaScript object already has (`constructor`, `toString`, `__proto__`, ...), and empty
//! segments. These are the rules of `PROTOCOL.md`, section 3; each [`PatternError`] says what to
//! write instead.
//!
//! ```
//! use irori_pattern::{Pattern, Segment, Slot};
//!
//! let pattern = Pattern::parse("board/:boardId")?;
//! assert_eq!(
//!     pattern.segments(),
//!     [Segment::Literal("board"), Segment::Param { name: "boardId", slot: Slot::Required }],
//! );
//! assert_eq!(irori_pattern::field_name("boardId"), "board_id");
//! # Ok::<(), irori_pattern::PatternError>(())
//! ```

#![no_std]

extern crate alloc;

mod advice;
mod error;
mod field;
mod pattern;
mod segment;

pub use error::PatternError;
pub use field::field_name;
pub use pattern::Pattern;
pub use segment::{Segment, Slot};
