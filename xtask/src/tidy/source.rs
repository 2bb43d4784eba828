use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use super::{item, mask};
use crate::failure::Failure;

/// One Rust file, read for the rules.
pub(super) struct Source {
    /// From the root of the workspace, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// `text` with blanks for comments and literals, line for line.
    pub(super) code: String,
    /// The lines of its test modules, from 1.
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Every Rust file below `root`, in the order of their paths.
    pub(super) fn all(root: &Path) -> Result<Vec<Self>, Failure> {
        let mut sources = Vec::new();
        collect(root, "", &mut sources)
            .map_err(|error| Failure::new(format!("cannot read {}: {error}", root.display())))?;
        sources.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(sources)
    }

    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = mask::mask(text);
        let tests = test_modules(&code);
        Self { path: path.to_owned(), text: text.to_owned(), code, tests }
    }

    /// Whether this is the file `path`, or one in the folder that `path` names, or starts to name.
    pub(super) fn is_under(&self, path: &str) -> bool {
        self.path.starts_with(path)
    }

    /// Whether what stands in `line` is a test's.
    pub(super) fn is_test(&self, line: usize) -> bool {
        let in_file = self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs"));
        in_file || self.tests.iter().any(|lines| lines.contains(&line))
    }
}

/// Leaves out what is hidden, and what is built or fetched.
fn collect(folder: &Path, path: &str, sources: &mut Vec<Source>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        if entry.file_type()?.is_dir() {
            if !(name.starts_with('.') || matches!(name.as_str(), "target" | "node_modules")) {
                collect(&entry.path(), &path, sources)?;
            }
        } else if name.ends_with(".rs") {
            sources.push(Source::new(&path, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

fn test_modules(code: &str) -> Vec<RangeInclusive<usize>> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    starts.map(|at| item::lines(code, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn test_modules_are_seen_among_other_code() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let source = Source::new("core/src/a.rs", text);
        let tests: Vec<_> = (1..=6).filter(|line| source.is_test(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5]);
    }

    #[test]
    fn test_files_are_known_by_path() {
        assert!(Source::new("core/tests/join.rs", "").is_test(1));
        assert!(Source::new("core/src/drive/tests.rs", "").is_test(1));
        assert!(!Source::new("core/src/latests.rs", "").is_test(1));
    }
}
