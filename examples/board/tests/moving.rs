//! What the docs show of moving the board is what its files say.

const DOCS: &str = include_str!("../../../docs/hosts.md");
const AXUM: &str = include_str!("../src/host/axum.rs");
const WARP: &str = include_str!("../src/host/warp.rs");
const WORKERS: &str = include_str!("../../board-worker/src/lib.rs");

/// The two sides of each diff of the docs.
fn diffs() -> Vec<[String; 2]> {
    let blocks = DOCS.split("```diff\n").skip(1).filter_map(|block| block.split_once("\n```"));
    let side = |block: &str, sign: char| -> String {
        let lines = block.lines().filter(|line| line.starts_with([sign, ' ']) || line.is_empty());
        lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
    };
    blocks.map(|(block, _)| [side(block, '-'), side(block, '+')]).collect()
}

#[test]
fn the_docs_show_the_files_as_they_are() {
    let expected = [[AXUM, WARP], [WARP, WORKERS]].map(|sides| sides.map(str::to_owned));
    assert_eq!(diffs(), expected);
}
