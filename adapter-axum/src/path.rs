//! Patterns in axum's syntax.

use std::collections::BTreeMap;

use irori_pattern::{Pattern, Segment, Slot};

/// The paths under which axum finds every request that one of `patterns` matches.
///
/// All of them lead to the app, which matches by itself. So of paths that match alike one is enough, and one that
/// another covers is not needed; axum takes neither, and would panic.
pub(crate) fn paths<'a>(patterns: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut paths = BTreeMap::new();
    for pattern in patterns.filter_map(|pattern| Pattern::parse_path(pattern).ok()) {
        for Spelling { shape, path } in spellings(&pattern) {
            paths.entry(shape).or_insert(path);
        }
    }
    let rests: Vec<String> = paths.keys().filter_map(|shape| shape.strip_suffix("*}").map(str::to_owned)).collect();
    let is_covered = |shape: &str| rests.iter().filter_map(|rest| shape.strip_prefix(rest)).any(|tail| tail != "*}");
    paths.into_iter().filter(|(shape, _)| !is_covered(shape)).map(|(_, path)| path).collect()
}

/// A path as axum has it, and the same without the names of its params, by which no two paths differ.
#[derive(Clone, Debug, Default)]
struct Spelling {
    path: String,
    shape: String,
}

impl Spelling {
    fn with(&self, segment: &str, shape: &str) -> Self {
        Self { path: format!("{}/{segment}", self.path), shape: format!("{}/{shape}", self.shape) }
    }
}

/// A pattern as paths: axum has no slot that may be absent.
fn spellings(pattern: &Pattern<'_>) -> Vec<Spelling> {
    let start = vec![Spelling::default()];
    let mut spellings = pattern.segments().iter().fold(start, |before, segment| match *segment {
        Segment::Literal(text) => {
            let text = text.replace('{', "{{").replace('}', "}}");
            before.iter().map(|path| path.with(&text, &text)).collect()
        }
        Segment::Param { name, slot } => before.iter().flat_map(|path| fill(path, name, slot)).collect(),
    });
    for root in spellings.iter_mut().filter(|spelling| spelling.path.is_empty()) {
        *root = root.with("", "");
    }
    spellings
}

/// A path with a slot behind it, in every way in which that can be filled.
fn fill(path: &Spelling, name: &str, slot: Slot) -> Vec<Spelling> {
    let one = || path.with(&format!("{{{name}}}"), "{}");
    let rest = || path.with(&format!("{{*{name}}}"), "{*}");
    match slot {
        Slot::Required => vec![one()],
        Slot::Optional => vec![path.clone(), one()],
        // axum's rest is never empty.
        Slot::Rest => vec![path.clone(), path.with("", ""), rest()],
        Slot::RestNonEmpty => vec![rest()],
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::any};

    use super::*;

    fn mounted(patterns: &[&str]) -> Vec<String> {
        let paths = paths(patterns.iter().copied());
        let mount = |router: Router, path: &String| router.route(path, any(async || ()));
        let _ = paths.iter().fold(Router::new(), mount); // axum takes them all
        paths
    }

    #[test]
    fn every_slot_has_its_spellings() {
        assert_eq!(mounted(&["/__sockets"]), ["/__sockets"]);
        assert_eq!(mounted(&["/board/:boardId/edit"]), ["/board/{boardId}/edit"]);
        assert_eq!(mounted(&["/board/:id?/edit"]), ["/board/edit", "/board/{id}/edit"]);
        assert_eq!(mounted(&["/files/:path*"]), ["/files", "/files/", "/files/{*path}"]);
        assert_eq!(mounted(&["/files/:path+"]), ["/files/{*path}"]);
        assert_eq!(mounted(&["/"]), ["/"]);
        assert_eq!(mounted(&["/:path*"]), ["/", "/{*path}"]);
        assert_eq!(mounted(&["/a{b}"]), ["/a{{b}}"]);
    }

    #[test]
    fn what_axum_would_refuse_is_left_out() {
        assert_eq!(mounted(&["/a/:one", "/a/:two"]), ["/a/{one}"], "they match alike");
        assert_eq!(mounted(&["/a/:id?", "/a"]), ["/a", "/a/{id}"]);
        assert_eq!(mounted(&["/a/:id/b", "/a/:id/:path+", "/a/:path+"]), ["/a/{*path}"], "the rest covers them");
        assert_eq!(mounted(&["/a/:path+", "/a/b/:id", "/:id"]), ["/a/b/{id}", "/a/{*path}", "/{id}"]);
    }
}
