use super::rule::starts_name;
use super::source::Source;
use super::{Finding, item};

/// Lines that a file may have, tests included.
pub(super) const FILE: usize = 400;

/// Lines that a function may have, from `fn` to its closing brace: what a screen shows.
pub(super) const FUNCTION: usize = 70;

const WHY_FILE: &str = "a file holds one noun, and a reader holds one file";
const WHY_FUNCTION: &str = "a function fits on a screen";
const WHY_STALE: &str = "an exception that nothing needs any more hides the next one";

/// A file that may be longer than [`FILE`].
#[derive(Debug)]
pub(super) struct Long {
    pub(super) path: &'static str,
    pub(super) reason: &'static str,
}

/// What of `source` is too long, and not excused in `long`.
pub(super) fn check(source: &Source, long: &[Long]) -> Vec<Finding> {
    let lines = source.text.lines().count();
    let excused = long.iter().any(|long| long.path == source.path);
    let finding = |line, rule, what, why| Finding { path: source.path.clone(), line, rule, what, why };

    let mut found = Vec::new();
    if lines > FILE && !excused {
        found.push(finding(0, "short-files", format!("{lines} lines, {FILE} at most"), WHY_FILE));
    }
    for (name, start, lines) in functions(&source.code).filter(|(.., lines)| *lines > FUNCTION) {
        let what = format!("`{name}` has {lines} lines, {FUNCTION} at most");
        found.push(finding(start, "short-functions", what, WHY_FUNCTION));
    }
    found
}

/// The exceptions in `long` whose file is gone, or short by now.
pub(super) fn stale(sources: &[Source], long: &[Long]) -> Vec<Finding> {
    let needed = |long: &&Long| {
        let is_long = |source: &Source| source.text.lines().count() > FILE;
        sources.iter().any(|source| source.path == long.path && is_long(source))
    };
    let stale = long.iter().filter(|long| !needed(long));
    stale
        .map(|long| Finding {
            path: long.path.to_owned(),
            line: 0,
            rule: "short-files",
            what: format!("excused as \"{}\", with no need", long.reason),
            why: WHY_STALE,
        })
        .collect()
}

/// Name, first line and number of lines of every function in `code`.
fn functions(code: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    let starts = code.match_indices("fn ").map(|(at, _)| at).filter(|at| starts_name(code, *at));
    starts.map(|at| {
        let name = code[at + "fn ".len()..].split(['(', '<']).next().unwrap_or_default();
        let lines = item::lines(code, at);
        (name, *lines.start(), lines.count())
    })
}

#[cfg(test)]
mod tests {
    use super::{FILE, FUNCTION, Long, Source, check, stale};

    const LONG: &[Long] = &[Long { path: "core/src/long.rs", reason: "one table" }];

    fn file(lines: usize) -> String {
        "//\n".repeat(lines)
    }

    fn function(lines: usize) -> String {
        format!("struct A;\nfn long(a: A) {{\n{}}}\n", file(lines - 2))
    }

    #[test]
    fn short_files() {
        assert!(check(&Source::new("core/src/a.rs", &file(FILE)), &[]).is_empty());
        let found = check(&Source::new("core/src/a.rs", &file(FILE + 1)), &[]);
        let text = "core/src/a.rs: 401 lines, 400 at most \
                    (short-files: a file holds one noun, and a reader holds one file)";
        assert_eq!(found[0].to_string(), text);
    }

    #[test]
    fn short_functions() {
        assert!(check(&Source::new("core/src/a.rs", &function(FUNCTION)), &[]).is_empty());
        let found = check(&Source::new("core/src/a.rs", &function(FUNCTION + 1)), &[]);
        let text = "core/src/a.rs:2: `long` has 71 lines, 70 at most \
                    (short-functions: a function fits on a screen)";
        assert_eq!(found[0].to_string(), text);
    }

    #[test]
    fn long_files_can_be_excused_while_they_are_long() {
        let long = Source::new("core/src/long.rs", &file(FILE + 1));
        assert!(check(&long, LONG).is_empty());
        assert!(stale(&[long], LONG).is_empty());
        let short = Source::new("core/src/long.rs", &file(FILE));
        assert_eq!(stale(&[short], LONG)[0].what, "excused as \"one table\", with no need");
        assert_eq!(stale(&[], LONG).len(), 1);
    }
}
