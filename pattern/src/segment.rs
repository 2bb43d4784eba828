//! One segment of a pattern, and what its slot asks for.

use alloc::string::ToString;
use core::fmt;

use crate::PatternError;
use crate::advice;

/// What stands between two slashes of a pattern. There are these two kinds and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Text that stands for itself.
    Literal(&'a str),
    /// A place that a value is put into.
    Param {
        /// The name, without its colon and mark, as the wire spells it.
        name: &'a str,
        /// What may be put there.
        slot: Slot,
    },
}

/// What may be put in the place of a parameter. There are these four kinds and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `:id`: one value, not empty.
    Required,
    /// `:id?`: one value, or none.
    Optional,
    /// `:id*`: a value that may hold slashes, or none.
    Rest,
    /// `:id+`: a value that may hold slashes, not empty.
    RestNonEmpty,
}

impl Slot {
    /// Whether a name is complete without a value here: true for `?` and `*`.
    #[must_use]
    pub const fn may_be_absent(self) -> bool {
        matches!(self, Self::Optional | Self::Rest)
    }

    /// Whether the value may be more than one segment of a path: true for `*` and `+`.
    #[must_use]
    pub const fn takes_rest(self) -> bool {
        matches!(self, Self::Rest | Self::RestNonEmpty)
    }

    /// Whether this is one of the slots of which a pattern has at most one: all but the required.
    pub(crate) const fn is_open(self) -> bool {
        !matches!(self, Self::Required)
    }

    /// What is written after the name of the parameter: nothing, `?`, `*` or `+`.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Required => "",
            Self::Optional => "?",
            Self::Rest => "*",
            Self::RestNonEmpty => "+",
        }
    }
}

impl<'a> Segment<'a> {
    /// Reads the text between two slashes, which is not empty.
    pub(crate) fn read(text: &'a str) -> Result<Self, PatternError> {
        match text.strip_prefix(':') {
            Some(param) => read_param(text, param),
            None => read_literal(text),
        }
    }

    /// What the segment asks for; None for a literal.
    pub(crate) const fn slot(&self) -> Option<Slot> {
        match self {
            Self::Literal(_) => None,
            Self::Param { slot, .. } => Some(*slot),
        }
    }
}

/// A segment as its pattern spells it.
impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Param { name, slot } => write!(f, ":{name}{}", slot.mark()),
        }
    }
}

fn read_param<'a>(segment: &str, param: &'a str) -> Result<Segment<'a>, PatternError> {
    let Some((name, slot)) = split_param(param) else {
        return Err(PatternError::BadParam { segment: segment.to_string(), instead: advice::for_bad_param(param) });
    };
    if OBJECT_PROTOTYPE.contains(&name) {
        return Err(PatternError::ReservedName {
            name: name.to_string(),
            instead: advice::for_reserved_name(name, slot),
        });
    }
    Ok(Segment::Param { name, slot })
}

fn read_literal(text: &str) -> Result<Segment<'_>, PatternError> {
    // What follows an earlier colon has a colon in it, so it cannot look like a parameter.
    let last = text.rsplit_once(':').map(|(_, last)| last);
    if last.and_then(split_param).is_some() {
        return Err(PatternError::HiddenParam {
            segment: text.to_string(),
            instead: advice::for_hidden_param(text),
            literal: advice::for_plain_literal(text),
        });
    }
    Ok(Segment::Literal(text))
}

/// `id?` is the name `id` and an optional slot. None when this is no parameter.
fn split_param(text: &str) -> Option<(&str, Slot)> {
    let (name, slot) = split_mark(text);
    let conforms = !name.is_empty() && name.chars().all(is_name_char);
    conforms.then_some((name, slot))
}

pub(crate) fn split_mark(text: &str) -> (&str, Slot) {
    for slot in [Slot::Optional, Slot::Rest, Slot::RestNonEmpty] {
        if let Some(name) = text.strip_suffix(slot.mark()) {
            return (name, slot);
        }
    }
    (text, Slot::Required)
}

pub(crate) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What every JavaScript object has, whether or not it was put there: a page that reads
/// `params.constructor` finds a function where a value is missing. The members of ECMA-262, section
/// 20.1.3 and annex B.2.2, in that order.
const OBJECT_PROTOTYPE: [&str; 12] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
    "__proto__",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
];
