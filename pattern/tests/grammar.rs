//! What is a pattern, and how it is read.

use irori_pattern::{Pattern, PatternError, Segment, Slot};

const NAMES: &[(&str, &[Segment<'_>])] = &[
    ("lobby", &[text("lobby")]),
    ("a/b/c", &[text("a"), text("b"), text("c")]),
    ("board/:board_id", &[text("board"), param("board_id", Slot::Required)]),
    ("chat/:roomId/typing", &[text("chat"), param("roomId", Slot::Required), text("typing")]),
    (":a/:b", &[param("a", Slot::Required), param("b", Slot::Required)]),
    (":7/:_/:X", &[param("7", Slot::Required), param("_", Slot::Required), param("X", Slot::Required)]),
    (":id/:ID", &[param("id", Slot::Required), param("ID", Slot::Required)]),
    ("files/:path?", &[text("files"), param("path", Slot::Optional)]),
    ("files/:path*", &[text("files"), param("path", Slot::Rest)]),
    ("files/:path+", &[text("files"), param("path", Slot::RestNonEmpty)]),
    ("files/:path*/meta", &[text("files"), param("path", Slot::Rest), text("meta")]),
    (":a/:b?/:c", &[param("a", Slot::Required), param("b", Slot::Optional), param("c", Slot::Required)]),
    // A colon inside a literal, where no name follows the last one.
    ("chat:lobby-1", &[text("chat:lobby-1")]),
    ("order:created.v2", &[text("order:created.v2")]),
    ("board:id??", &[text("board:id??")]),
    ("trailing:", &[text("trailing:")]),
    ("a:b:c-d", &[text("a:b:c-d")]),
    // Names that look like a reserved one and are not.
    (":Constructor/:tostring", &[param("Constructor", Slot::Required), param("tostring", Slot::Required)]),
    ("constructor/toString", &[text("constructor"), text("toString")]),
    // A literal may hold anything but a slash.
    ("caf\u{e9} *?+ {id}", &[text("caf\u{e9} *?+ {id}")]),
];

const PATHS: &[(&str, &[Segment<'_>])] = &[
    ("/", &[]),
    ("/echo", &[text("echo")]),
    ("/board/:board_id", &[text("board"), param("board_id", Slot::Required)]),
    ("/board/:board_id?/log", &[text("board"), param("board_id", Slot::Optional), text("log")]),
    ("/files/:path*", &[text("files"), param("path", Slot::Rest)]),
    ("/:path+", &[param("path", Slot::RestNonEmpty)]),
    ("/a*b", &[text("a*b")]),
];

const ALL_SLOTS: [Slot; 4] = [Slot::Required, Slot::Optional, Slot::Rest, Slot::RestNonEmpty];

#[test]
fn names_are_read() {
    for (name, segments) in NAMES {
        assert_eq!(segments_of(&Pattern::parse(name)), Ok(*segments), "reading `{name}`");
    }
}

#[test]
fn paths_are_read() {
    for (path, segments) in PATHS {
        assert_eq!(segments_of(&Pattern::parse_path(path)), Ok(*segments), "reading `{path}`");
    }
}

#[test]
fn a_name_is_a_path_without_its_slash() {
    for (name, segments) in NAMES.iter().filter(|(name, _)| *name != "files/:path*/meta") {
        let path = format!("/{name}");
        assert_eq!(segments_of(&Pattern::parse_path(&path)), Ok(*segments), "reading `{path}`");
    }
}

#[test]
fn segments_print_as_they_are_read() {
    for (name, segments) in NAMES {
        assert_eq!(printed(segments), *name);
    }
}

#[test]
fn slots_are_the_params_in_order() {
    let pattern = Pattern::parse("a/:x/b/:y?/:z");
    let slots: Vec<(&str, Slot)> = pattern.iter().flat_map(Pattern::slots).collect();
    assert_eq!(slots, [("x", Slot::Required), ("y", Slot::Optional), ("z", Slot::Required)]);
}

#[test]
fn what_may_be_absent() {
    let absent = ALL_SLOTS.map(Slot::may_be_absent);
    assert_eq!(absent, [false, true, true, false]);
}

#[test]
fn what_takes_the_rest() {
    let rest = ALL_SLOTS.map(Slot::takes_rest);
    assert_eq!(rest, [false, false, true, true]);
}

/// Every text of up to six characters out of those that the grammar knows about.
#[test]
fn whatever_is_read_prints_as_it_was() {
    let mut texts = vec![String::new()];
    for _ in 0..6 {
        let longer = texts.iter().flat_map(|text| "a:/?-".chars().map(move |c| format!("{text}{c}")));
        texts = longer.chain([String::new()]).collect();
        for text in &texts {
            if let Ok(pattern) = Pattern::parse(text) {
                assert_eq!(printed(pattern.segments()), *text);
                assert!(pattern.segments().iter().all(stands_for_what_it_says), "`{text}`");
            }
        }
    }
}

/// No literal could be taken for a parameter.
fn stands_for_what_it_says(segment: &Segment<'_>) -> bool {
    match segment {
        Segment::Literal(text) => !text.starts_with(':') && !text.ends_with(":a"),
        Segment::Param { name, .. } => name.chars().all(|c| c == 'a'),
    }
}

fn printed(segments: &[Segment<'_>]) -> String {
    let printed: Vec<String> = segments.iter().map(ToString::to_string).collect();
    printed.join("/")
}

fn segments_of<'a>(read: &'a Result<Pattern<'_>, PatternError>) -> Result<&'a [Segment<'a>], &'a PatternError> {
    read.as_ref().map(Pattern::segments)
}

const fn text(text: &str) -> Segment<'_> {
    Segment::Literal(text)
}

const fn param(name: &str, slot: Slot) -> Segment<'_> {
    Segment::Param { name, slot }
}
