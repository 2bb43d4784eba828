//! Why a pattern was refused, and what to write instead.

use alloc::string::String;
use core::fmt;

/// Why a text is no pattern. The message says what is wrong, then what to write instead; nothing in
/// it needs to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// A channel name without any segment.
    Empty,
    /// A path that does not start with `/`.
    NoLeadingSlash {
        /// The whole text.
        pattern: String,
        /// The path like it.
        instead: String,
    },
    /// Two slashes in a row, or one at an end where none belongs.
    EmptySegment {
        /// The whole text.
        pattern: String,
        /// The same without its empty segments.
        instead: String,
    },
    /// A segment that starts with `:` and is no parameter: `:board-id`.
    BadParam {
        /// The segment.
        segment: String,
        /// A parameter like it.
        instead: String,
    },
    /// A literal that would be read as a parameter by people and by TypeScript clients:
    /// `board:boardId`.
    HiddenParam {
        /// The segment.
        segment: String,
        /// The parameter as a segment of its own.
        instead: String,
        /// A literal like it.
        literal: String,
    },
    /// A segment of a path that is a parameter in the syntax of another router: `{id}`.
    ForeignParam {
        /// The segment.
        segment: String,
        /// The same parameter in ours.
        instead: String,
    },
    /// A parameter named like a member of JavaScript's `Object.prototype`.
    ReservedName {
        /// The name.
        name: String,
        /// A parameter with another name.
        instead: String,
    },
    /// A second parameter of one name.
    DuplicateParam {
        /// The name.
        name: String,
    },
    /// A second slot that is optional or takes the rest.
    SecondOpenSlot {
        /// The segment of the first.
        first: String,
        /// The segment of the second.
        second: String,
    },
    /// A rest slot in the middle of a path.
    RestNotLast {
        /// The segment.
        segment: String,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "a channel name has at least one segment; \
                 write `lobby` or `board/:board_id`, for instance",
            ),
            Self::NoLeadingSlash { pattern, instead } => {
                write!(f, "`{pattern}` is no path: a path starts with a slash; write `{instead}`")
            }
            Self::EmptySegment { pattern, instead } => {
                write!(f, "`{pattern}` has an empty segment; write `{instead}`")
            }
            Self::BadParam { segment, instead } => write!(
                f,
                "`{segment}` is no parameter: a name is made of ASCII letters, digits and `_`, \
                 and at most one of `?`, `*`, `+` follows it; write `{instead}`"
            ),
            Self::HiddenParam { segment, instead, literal } => write!(
                f,
                "`{segment}` looks like a parameter but would be a literal, the same for \
                 everyone: a parameter is a whole segment; write `{instead}`, or `{literal}` if \
                 it is meant literally"
            ),
            Self::ForeignParam { segment, instead } => write!(
                f,
                "`{segment}` is no parameter here: a parameter starts with a colon; \
                 write `{instead}`"
            ),
            Self::ReservedName { name, instead } => write!(
                f,
                "`:{name}` is named like a member of every JavaScript object, which a page \
                 would read in its place; write `{instead}`"
            ),
            Self::DuplicateParam { name } => write!(
                f,
                "`:{name}` is there twice; give the second a name of its own, \
                 such as `:{name}_2`"
            ),
            Self::SecondOpenSlot { first, second } => write!(
                f,
                "`{first}` and `{second}` are both optional or rest slots, and a pattern has at \
                 most one of these; write `{}`",
                second.trim_end_matches(['?', '*', '+'])
            ),
            Self::RestNotLast { segment } => write!(
                f,
                "`{segment}` takes the rest of a path, so nothing can follow it; \
                 write it at the end"
            ),
        }
    }
}

impl core::error::Error for PatternError {}
