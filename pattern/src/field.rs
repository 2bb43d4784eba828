//! From the name of a parameter to the Rust field that holds its value.

use alloc::string::String;

/// The name of the Rust field that a parameter stands for: its name in snake case.
///
/// A pattern spells its parameters as the wire has them, which pages in JavaScript like in camel
/// case. The result is always an identifier, though it may have to be written raw, as in `r#type`.
///
/// | parameter | field | why |
/// |---|---|---|
/// | `board_id` | `board_id` | |
/// | `roomId` | `room_id` | a capital starts a word |
/// | `userID`, `URLPath` | `user_id`, `url_path` | a run of capitals is a word |
/// | `7` | `_7` | an identifier cannot start with a digit |
/// | `self`, `super`, `crate`, `_` | `self_`, `super_`, `crate_`, `__` | not allowed, even raw |
///
/// Two parameters can stand for one field (`:boardId` and `:board_id`): a pattern allows it, a
/// struct cannot.
#[must_use]
pub fn field_name(param: &str) -> String {
    let mut field = String::with_capacity(param.len() + 2);
    if param.starts_with(|first: char| first.is_ascii_digit()) {
        field.push('_');
    }
    let mut before = None;
    let mut rest = param.chars();
    while let Some(c) = rest.next() {
        if starts_word(before, c, rest.clone().next()) {
            field.push('_');
        }
        field.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    if matches!(field.as_str(), "self" | "super" | "crate" | "_") {
        field.push('_');
    }
    field
}

fn starts_word(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let ends_word = before.is_ascii_lowercase() || before.is_ascii_digit();
    let ends_acronym = before.is_ascii_uppercase() && after.is_some_and(|after| after.is_ascii_lowercase());
    c.is_ascii_uppercase() && (ends_word || ends_acronym)
}

#[cfg(test)]
mod tests {
    use super::field_name;

    const FIELDS: &[(&str, &str)] = &[
        ("id", "id"),
        ("board_id", "board_id"),
        ("a__b", "a__b"),
        ("_private", "_private"),
        ("roomId", "room_id"),
        ("RoomId", "room_id"),
        ("Room_Id", "room_id"),
        ("roomId2", "room_id2"),
        ("room2Id", "room2_id"),
        ("aB", "a_b"),
        ("X", "x"),
        ("URL", "url"),
        ("userID", "user_id"),
        ("userID2", "user_id2"),
        ("URLPath", "url_path"),
        ("parseHTMLDoc", "parse_html_doc"),
        ("HTTP2Stream", "http2_stream"),
        ("SCREAMING_CASE", "screaming_case"),
        ("7", "_7"),
        ("2D", "_2_d"),
        ("type", "type"),
        ("self", "self_"),
        ("Self", "self_"),
        ("super", "super_"),
        ("crate", "crate_"),
        ("_", "__"),
        ("__", "__"),
    ];

    #[test]
    fn is_snake_case_and_an_identifier() {
        for (param, field) in FIELDS {
            assert_eq!(field_name(param), *field, "of `:{param}`");
        }
    }

    #[test]
    fn a_field_name_is_its_own() {
        for (_, field) in FIELDS {
            assert_eq!(field_name(field), *field);
        }
    }
}
