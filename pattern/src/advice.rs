//! What to write instead of what was refused: the pattern of the grammar that is nearest to it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::segment::{is_name_char, split_mark};
use crate::{Segment, Slot};

/// `a//b/` becomes `a/b`.
pub(crate) fn without_empty_segments(text: &str) -> String {
    joined(text, '/', "/")
}

/// What follows the colon of a segment that is no parameter: `board-id` becomes `:board_id`,
/// `org:team` becomes `:org/:team`.
pub(crate) fn for_bad_param(param: &str) -> String {
    let (text, marks) = param.split_at(param.trim_end_matches(['?', '*', '+']).len());
    let (_, slot) = split_mark(marks.get(..1).unwrap_or_default());
    let names: Vec<String> = parts(text, ':').map(|part| name_in(part, "id")).collect();
    if names.is_empty() { param_segment("id", slot) } else { param_segment(&names.join("/:"), slot) }
}

/// A literal with a parameter in it, as segments of their own: `board:boardId` becomes
/// `board/:boardId`.
pub(crate) fn for_hidden_param(literal: &str) -> String {
    joined(literal, ':', "/:")
}

/// The same literal as one that cannot be mistaken: `board:boardId` becomes `board-boardId`.
pub(crate) fn for_plain_literal(literal: &str) -> String {
    let (unmarked, _) = split_mark(literal);
    joined(unmarked, ':', "-")
}

/// `toString?` becomes `:toString_id?`, `__proto__` becomes `:proto_id`.
pub(crate) fn for_reserved_name(name: &str, slot: Slot) -> String {
    param_segment(&format!("{}_id", name.trim_matches('_')), slot)
}

/// The parameter of another router: `{id}` and `<id>` become `:id`, `*path` and `{*path}` become
/// `:path*`.
pub(crate) fn for_foreign_param(segment: &str) -> String {
    if segment.contains('*') || segment.contains("..") {
        param_segment(&name_in(segment, "rest"), Slot::Rest)
    } else {
        param_segment(&name_in(segment, "id"), Slot::Required)
    }
}

fn param_segment(name: &str, slot: Slot) -> String {
    Segment::Param { name, slot }.to_string()
}

/// The characters of `text` that a name may have, with one `_` for each run of others; `fallback`
/// when there are none.
fn name_in(text: &str, fallback: &str) -> String {
    let words: Vec<&str> = text.split(|c| !is_name_char(c)).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { fallback.to_string() } else { words.join("_") }
}

/// The parts of `text` that are not empty, with `glue` between them.
fn joined(text: &str, separator: char, glue: &str) -> String {
    let parts: Vec<&str> = parts(text, separator).collect();
    parts.join(glue)
}

fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).filter(|part| !part.is_empty())
}
