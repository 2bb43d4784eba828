//! The chapter on adapters shows the code of two examples, word for word: so it compiles, and passes the kit.

use std::collections::BTreeSet;

use irori_test::conformance::all;

const CHAPTER: &str = include_str!("../../../core/docs/adapters.md");
const MANIFEST: &str = include_str!("../Cargo.toml");
const ADAPTER: &str = include_str!("../src/lib.rs");
const PROGRAM: &str = include_str!("../src/main.rs");
const HARNESS: &str = include_str!("conformance.rs");
const EVENT_ADAPTER: &str = include_str!("../../event-adapter/src/lib.rs");
const EVENT_HARNESS: &str = include_str!("../../event-adapter/tests/conformance.rs");

#[test]
fn the_adapters_are_as_short_as_it_says() {
    for (adapter, most) in [(ADAPTER, 60), (EVENT_ADAPTER, 135)] {
        let lines = code(adapter).count();
        assert!(lines < most, "the adapter, imports included, has {lines} lines");
    }
}

#[test]
fn all_that_is_shown_is_in_an_example() {
    let blocks = fenced("rust");
    assert!(!blocks.is_empty());
    for block in blocks {
        let shown_from = |file| {
            let mut lines = code(file);
            code(block).all(|line| lines.any(|other| other == line))
        };
        let files = [ADAPTER, PROGRAM, HARNESS, EVENT_ADAPTER, EVENT_HARNESS];
        assert!(files.into_iter().any(shown_from), "no example has such code:\n{block}");
    }
}

#[test]
fn the_whole_adapters_and_the_harness_are_shown() {
    let blocks = fenced("rust");
    let shown: BTreeSet<_> = blocks.iter().flat_map(|block| code(block)).collect();
    for line in code(ADAPTER).chain(code(HARNESS)).chain(code(after_imports(EVENT_ADAPTER))) {
        assert!(shown.contains(line) || line.starts_with("#!["), "the chapter leaves out: {line}");
    }
}

#[test]
fn the_manifest_is_the_examples() {
    let blocks = fenced("toml");
    let shown: BTreeSet<_> = blocks.iter().flat_map(|block| dependencies(block)).collect();
    assert_eq!(shown, dependencies(MANIFEST).collect());
}

#[test]
fn every_capability_that_a_case_needs_is_explained() {
    for need in all().flat_map(|case| case.needs) {
        assert!(CHAPTER.contains(&format!("\n| `{need:?}` |")), "the chapter does not say when to claim {need:?}");
    }
}

/// The blocks of the chapter that are marked as being in `language`.
fn fenced(language: &str) -> Vec<&'static str> {
    // Text and blocks take turns, beginning with text.
    let blocks = CHAPTER.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
}

/// What follows the imports of a file.
fn after_imports(source: &str) -> &str {
    let last = source.rsplit_once("\nuse ").and_then(|(_, last)| last.split_once(';'));
    last.map_or(source, |(_, rest)| rest)
}

/// The lines that are neither empty nor comments, without the indentation that they have in their place.
fn code(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

/// Each dependency of a manifest: its name and features, whoever says its version.
fn dependencies(manifest: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let sections = manifest.split("\n[").filter(|section| section.contains("dependencies]\n"));
    let lines = sections.flat_map(|section| section.lines().skip(1)).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        Some((line.split_once(['.', ' '])?.0, line.split_once("features = ").map(|(_, features)| features)))
    })
}
