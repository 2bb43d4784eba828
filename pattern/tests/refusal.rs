//! What is no pattern, and what the refusal says to write instead.

use irori_pattern::{Pattern, PatternError};

/// One name for each rule.
const REFUSED_NAMES: &[(&str, &str)] = &[
    ("", "a channel name has at least one segment; write `lobby` or `board/:board_id`, for instance"),
    ("//", "a channel name has at least one segment; write `lobby` or `board/:board_id`, for instance"),
    ("a//b", "`a//b` has an empty segment; write `a/b`"),
    ("/board/:id", "`/board/:id` has an empty segment; write `board/:id`"),
    ("board/:id/", "`board/:id/` has an empty segment; write `board/:id`"),
    (
        "board/:board-id",
        "`:board-id` is no parameter: a name is made of ASCII letters, digits and `_`, and at most \
         one of `?`, `*`, `+` follows it; write `:board_id`",
    ),
    (
        "board:boardId",
        "`board:boardId` looks like a parameter but would be a literal, the same for everyone: a \
         parameter is a whole segment; write `board/:boardId`, or `board-boardId` if it is meant \
         literally",
    ),
    (
        "a/:toString",
        "`:toString` is named like a member of every JavaScript object, which a page would read in \
         its place; write `:toString_id`",
    ),
    ("a/:id/b/:id", "`:id` is there twice; give the second a name of its own, such as `:id_2`"),
    ("a/:id/b/:id?", "`:id` is there twice; give the second a name of its own, such as `:id_2`"),
    (
        ":a?/:b*",
        "`:a?` and `:b*` are both optional or rest slots, and a pattern has at most one of these; \
         write `:b`",
    ),
];

#[test]
fn refusals_of_names_say_what_to_write() {
    for (name, message) in REFUSED_NAMES {
        assert_eq!(message_of(&Pattern::parse(name)), *message, "reading `{name}`");
    }
}

/// One path for each rule that names have not.
const REFUSED_PATHS: &[(&str, &str)] = &[
    ("", "`` is no path: a path starts with a slash; write `/`"),
    ("echo/", "`echo/` is no path: a path starts with a slash; write `/echo`"),
    ("//", "`//` has an empty segment; write `/`"),
    ("/echo/", "`/echo/` has an empty segment; write `/echo`"),
    ("/a//b", "`/a//b` has an empty segment; write `/a/b`"),
    ("/:path*/meta", "`:path*` takes the rest of a path, so nothing can follow it; write it at the end"),
    ("/:path+/:id", "`:path+` takes the rest of a path, so nothing can follow it; write it at the end"),
    ("/board/{id}", "`{id}` is no parameter here: a parameter starts with a colon; write `:id`"),
];

#[test]
fn refusals_of_paths_say_what_to_write() {
    for (path, message) in REFUSED_PATHS {
        assert_eq!(message_of(&Pattern::parse_path(path)), *message, "reading `{path}`");
    }
}

/// What is read as a parameter that does not conform, and the advice.
const BAD_PARAMS: &[(&str, &str)] = &[
    (":", ":id"),
    (":?", ":id?"),
    ("::", ":id"),
    ("::id", ":id"),
    (":board-id", ":board_id"),
    (":board-id?", ":board_id?"),
    (":board id*", ":board_id*"),
    (":id??", ":id?"),
    (":id+*", ":id+"),
    (":?id", ":id"),
    (":a.b", ":a_b"),
    (":{id}", ":id"),
    (":\u{e9}", ":id"),
    (":\u{e9}t\u{e9}*", ":t*"),
    (":org:team", ":org/:team"),
    (":org:team+", ":org/:team+"),
];

#[test]
fn params_that_do_not_conform_are_refused() {
    for (segment, instead) in BAD_PARAMS {
        let refusal = PatternError::BadParam { segment: segment.to_string(), instead: instead.to_string() };
        assert_refused(segment, &refusal);
        assert_passes(instead);
    }
}

/// Literals that look like parameters, and the two pieces of advice.
const HIDDEN_PARAMS: &[(&str, &str, &str)] = &[
    ("board:boardId", "board/:boardId", "board-boardId"),
    ("board:id?", "board/:id?", "board-id"),
    ("shard:7", "shard/:7", "shard-7"),
    ("a::b", "a/:b", "a-b"),
    ("org:team:id", "org/:team/:id", "org-team-id"),
    ("board-:id*", "board-/:id*", "board--id"),
];

#[test]
fn params_hidden_in_literals_are_refused() {
    for (segment, instead, literal) in HIDDEN_PARAMS {
        let refusal = PatternError::HiddenParam {
            segment: segment.to_string(),
            instead: instead.to_string(),
            literal: literal.to_string(),
        };
        assert_refused(segment, &refusal);
        assert_passes(instead);
        assert_passes(literal);
    }
}

const RESERVED: &[(&str, &str)] = &[
    ("constructor", ":constructor_id"),
    ("hasOwnProperty", ":hasOwnProperty_id"),
    ("isPrototypeOf", ":isPrototypeOf_id"),
    ("propertyIsEnumerable", ":propertyIsEnumerable_id"),
    ("toLocaleString", ":toLocaleString_id"),
    ("toString", ":toString_id"),
    ("valueOf", ":valueOf_id"),
    ("__proto__", ":proto_id"),
    ("__defineGetter__", ":defineGetter_id"),
    ("__defineSetter__", ":defineSetter_id"),
    ("__lookupGetter__", ":lookupGetter_id"),
    ("__lookupSetter__", ":lookupSetter_id"),
];

#[test]
fn members_of_every_javascript_object_are_refused() {
    for (name, instead) in RESERVED {
        let refusal = PatternError::ReservedName { name: name.to_string(), instead: instead.to_string() };
        assert_refused(&format!(":{name}"), &refusal);
        assert_passes(instead);
        for mark in ["?", "*", "+"] {
            let refusal = PatternError::ReservedName { name: name.to_string(), instead: format!("{instead}{mark}") };
            assert_refused(&format!(":{name}{mark}"), &refusal);
        }
    }
}

const FOREIGN_PARAMS: &[(&str, &str)] = &[
    ("{id}", ":id"),
    ("{board-id}", ":board_id"),
    ("{}", ":id"),
    ("{*path}", ":path*"),
    ("<id>", ":id"),
    ("<path..>", ":path*"),
    ("*", ":rest*"),
    ("*path", ":path*"),
];

#[test]
fn params_of_other_routers_are_refused_in_paths() {
    for (segment, instead) in FOREIGN_PARAMS {
        let refusal = PatternError::ForeignParam { segment: segment.to_string(), instead: instead.to_string() };
        assert_eq!(Pattern::parse_path(&format!("/a/{segment}")), Err(refusal));
        assert_passes(instead);
        assert_passes(segment);
    }
}

#[test]
fn open_slots_exclude_each_other() {
    for first in ["?", "*", "+"] {
        for second in ["?", "*", "+"] {
            let name = format!(":a{first}/b/:c/:d{second}");
            let refusal = PatternError::SecondOpenSlot { first: format!(":a{first}"), second: format!(":d{second}") };
            assert_eq!(Pattern::parse(&name), Err(refusal));
        }
    }
}

/// A bad segment is refused wherever it stands, in a name and in a path.
fn assert_refused(segment: &str, refusal: &PatternError) {
    for name in [segment.to_owned(), format!("a/{segment}"), format!("{segment}/b"), format!("a/:x/{segment}")] {
        assert_eq!(Pattern::parse(&name).as_ref(), Err(refusal), "reading `{name}`");
        let path = format!("/{name}");
        assert_eq!(Pattern::parse_path(&path).as_ref(), Err(refusal), "reading `{path}`");
    }
}

fn assert_passes(name: &str) {
    assert!(Pattern::parse(name).is_ok(), "`{name}` was given as advice");
}

fn message_of(read: &Result<Pattern<'_>, PatternError>) -> String {
    read.as_ref().map_or_else(ToString::to_string, |pattern| format!("{pattern:?} is fine"))
}
