//! What is said about an item that cannot be a channel, and the words that it points at.

use proc_macro2::Span;

use crate::expand::expand;

#[test]
fn refused_attributes() {
    assert_refused(
        "struct BoardLog { board_id: u8, r#type: Option<u8> }",
        &[(
            "BoardLog",
            "`BoardLog` has no channel name; \
             write `#[channel(\"board_log/:board_id/:type?\")]` above it",
        )],
    );
    for attribute in [
        "#[channel]",
        "#[channel()]",
        "#[channel = \"lobby\"]",
        "#[channel(lobby)]",
        "#[channel(b\"lobby\")]",
        "#[channel(\"lobby\", \"hall\")]",
        "#[channel(name = \"lobby\")]",
    ] {
        let message = "`#[channel]` takes one string and nothing else; write `#[channel(\"lobby\")]`";
        assert_refused(&format!("{attribute} struct Lobby;"), &[(attribute, message)]);
    }
    let second = "a struct is one channel; write a struct of its own for this name, or remove it";
    assert_refused(
        "#[channel(\"a\")] #[channel(\"b\")] #[channel] struct A;",
        &[("#[channel(\"b\")]", second), ("#[channel]", second)],
    );
    assert_refused(
        "#[channel(\"a/:b\")] struct A { #[channel(\"b\")] b: u8 }",
        &[("#[channel(\"b\")]", "the pattern above the struct says which parameter a field is; remove this attribute")],
    );
}

#[test]
fn refused_items() {
    assert_refused(
        "#[channel(\"a\")] enum A { B }",
        &[(
            "enum",
            "an enum cannot be a channel, whose parameters are the fields of a struct; \
             write one struct for each kind of channel",
        )],
    );
    assert_refused(
        "#[channel(\"a\")] union A { b: u8 }",
        &[(
            "union",
            "a union cannot be a channel, whose parameters are the fields of a struct; \
             write a struct",
        )],
    );
    assert_refused(
        "#[channel(\"a/:b\")] struct A(String);",
        &[(
            "(String)",
            "the fields of a channel are found by the names of its parameters; \
             write them with names, as in `{ pub board_id: String }`",
        )],
    );
    assert_refused(
        "#[channel(\"a\")] struct A();",
        &[("()", "a channel without parameters has no fields; remove the `()`")],
    );
    for generics in ["<T>", "<'a>", "<const N: usize>", "<'a, T: Clone>"] {
        assert_refused(&format!("#[channel(\"a\")] struct A{generics};"), &[(generics, NO_GENERICS)]);
    }
    assert_refused("#[channel(\"a\")] struct A where String: Clone;", &[("where String: Clone", NO_GENERICS)]);
}

const NO_GENERICS: &str = "a channel cannot be generic, since it has one name whatever the types \
    are; write the types out, in one struct for each channel";

/// The grammar has its own tests; here is one pattern to see that its words arrive.
#[test]
fn refused_patterns() {
    assert_refused(
        "#[channel(\"board/:board-id\")] struct Board { board_id: String }",
        &[(
            "\"board/:board-id\"",
            "`:board-id` is no parameter: a name is made of ASCII letters, digits and `_`, and at \
             most one of `?`, `*`, `+` follows it; write `:board_id`",
        )],
    );
}

#[test]
fn params_without_a_field() {
    for (param, field, add) in [
        (":board_id", "board_id", "board_id: String"),
        (":boardId", "board_id", "board_id: String"),
        (":path+", "path", "path: String"),
        (":path*", "path", "path: Option<String>"),
        (":type?", "type", "r#type: Option<String>"),
        (":self", "self_", "self_: String"),
    ] {
        let literal = format!("\"a/{param}\"");
        let message = format!("the pattern has `{param}`, but the struct has no field `{field}`; add `pub {add}`");
        for body in [";", " {}"] {
            let item = format!("#[channel({literal})] struct A{body}");
            assert_refused(&item, &[(&literal, &message)]);
        }
    }
}

#[test]
fn params_of_one_field() {
    let literal = "\"a/:boardId/:board_id\"";
    assert_refused(
        &format!("#[channel({literal})] struct A {{ board_id: String }}"),
        &[(
            literal,
            "`:boardId` and `:board_id` both stand for the field `board_id`; \
             write another name for one of them",
        )],
    );
}

#[test]
fn fields_without_a_param() {
    assert_refused(
        "#[channel(\"board/:board_id\")]
        struct Board { board_id: u8, extra: u8, more: Option<u8> }",
        &[
            (
                "extra",
                "field `extra` is no parameter of `board/:board_id`; \
                 add `/:extra` to the pattern or remove the field",
            ),
            (
                "more",
                "field `more` is no parameter of `board/:board_id`; \
                 add `/:more?` to the pattern or remove the field",
            ),
        ],
    );
    assert_refused(
        "#[channel(\"a/:path+\")] struct A { path: String, r#type: Option<u8> }",
        &[(
            "r#type",
            "field `type` is no parameter of `a/:path+`; \
             remove it, since the one slot that may be absent is taken",
        )],
    );
}

#[test]
fn fields_in_camel_case() {
    assert_refused(
        "#[channel(\"board/:boardId/:Type\")] struct Board { boardId: String, Type: String }",
        &[
            ("boardId", "the field of `:boardId` is `board_id`; rename `boardId` to `board_id`"),
            ("Type", "the field of `:Type` is `type`; rename `Type` to `r#type`"),
        ],
    );
}

#[test]
fn fields_that_should_be_options() {
    assert_refused(
        "#[channel(\"a/:b?\")] struct A { b: Vec<dyn Any> }",
        &[("Vec<dyn Any>", "`:b?` may be absent; write `b: Option<Vec<dyn Any>>`")],
    );
    assert_refused(
        "#[channel(\"a/:type*\")] struct A { r#type: Maybe }",
        &[("Maybe", "`:type*` may be absent; write `r#type: Option<Maybe>`")],
    );
}

#[test]
fn fields_that_should_be_no_options() {
    assert_refused(
        "#[channel(\"a/:b\")] struct A { b: Option<a::B> }",
        &[("Option<a::B>", "`:b` is never absent; write `b: a::B`, or `:b?` in the pattern")],
    );
    assert_refused(
        "#[channel(\"a/:b+\")] struct A { b: std::option::Option<u8> }",
        &[("std::option::Option<u8>", "`:b+` is never absent; write `b: u8`, or `:b*` in the pattern")],
    );
    assert_refused(
        "#[channel(\"a/:b/:c?\")] struct A { b: Option<u8>, c: Option<u8> }",
        &[("Option<u8>", "`:b` is never absent; write `b: u8`")],
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let item = "#[channel(\"a/:x/:y?/:z\")] #[channel(\"b\")]
        struct A<T> { #[channel] x: Option<T>, y: u8, extra: u8 }";
    let refusals = refusals(item);
    let blamed: Vec<&str> = refusals.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(blamed, ["Option<T>", "u8", "\"a/:x/:y?/:z\"", "extra", "#[channel(\"b\")]", "#[channel]", "<T>"]);
}

#[test]
fn a_bad_pattern_does_not_hide_a_bad_item() {
    let refusals = refusals("#[channel(\"a//b\")] struct A<T>(T);");
    let blamed: Vec<&str> = refusals.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(blamed, ["\"a//b\"", "(T)", "<T>"]);
}

fn assert_refused(item: &str, expected: &[(&str, &str)]) {
    let refusals = refusals(item);
    let refusals: Vec<(&str, &str)> = refusals.iter().map(|(at, message)| (at.as_str(), message.as_str())).collect();
    assert_eq!(refusals, expected, "of {item}");
}

/// The messages about an item, each with the words that it points at.
fn refusals(item: &str) -> Vec<(String, String)> {
    let expanded = syn::parse_str(item).and_then(|input| expand(&input));
    let errors = expanded.err().into_iter().flatten();
    errors.map(|error| (words(error.span()), error.to_string())).collect()
}

fn words(span: Span) -> String {
    span.source_text().unwrap_or_default()
}
