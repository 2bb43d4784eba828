use super::Finding;
use super::source::Source;

/// Words that must not stand in a place.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) why: &'static str,
    pub(super) place: Place,
    /// Files of the place that the rule does not hold for.
    pub(super) except: &'static [&'static str],
    pub(super) reads: Reads,
    pub(super) words: &'static [&'static str],
}

/// Where a rule holds.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Everywhere,
    /// The files whose path starts with one of these.
    Under(&'static [&'static str]),
    /// Test files, and test modules in other files.
    Tests,
}

/// What a rule reads of a file.
#[derive(Clone, Copy)]
pub(super) enum Reads {
    /// Code without comments and literals. A word is found at the start of a name, as written.
    Code,
    /// Every letter. A word, given in lower case, is found anywhere and in either case.
    Text,
}

impl Rule {
    /// What breaks this rule in `sources`. A path of the rule's own that leads to no file breaks it
    /// too: a folder that was renamed would silently take the rule out of force.
    pub(super) fn check(&self, sources: &[Source]) -> Vec<Finding> {
        let gone = self.paths().filter(|path| !sources.iter().any(|source| source.is_under(path)));
        let gone = gone.map(|path| self.finding(path, 0, "there is no such path".to_owned()));
        gone.chain(sources.iter().flat_map(|source| self.find(source))).collect()
    }

    /// What breaks this rule in `source`, line by line.
    pub(super) fn find(&self, source: &Source) -> Vec<Finding> {
        if self.except.contains(&source.path.as_str()) {
            return Vec::new();
        }
        let text = match self.reads {
            Reads::Code => &source.code,
            Reads::Text => &source.text,
        };
        let mut found = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            if !self.place.covers(source, line) {
                continue;
            }
            let words = self.words.iter().filter(|word| self.reads.finds(text, word));
            found.extend(words.map(|word| self.finding(&source.path, line, format!("`{word}`"))));
        }
        found
    }

    fn paths(&self) -> impl Iterator<Item = &'static str> {
        let place = match self.place {
            Place::Under(paths) => paths,
            Place::Everywhere | Place::Tests => &[],
        };
        place.iter().chain(self.except).copied()
    }

    fn finding(&self, path: &str, line: usize, what: String) -> Finding {
        Finding { path: path.to_owned(), line, rule: self.name, what, why: self.why }
    }
}

impl Place {
    fn covers(self, source: &Source, line: usize) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Under(paths) => paths.iter().any(|path| source.is_under(path)),
            Self::Tests => source.is_test(line),
        }
    }
}

impl Reads {
    fn finds(self, line: &str, word: &str) -> bool {
        match self {
            Self::Code => line.match_indices(word).any(|(at, _)| starts_name(line, at)),
            Self::Text => line.to_ascii_lowercase().contains(word),
        }
    }
}

/// Whether no name reaches over `at` from its left.
pub(super) fn starts_name(code: &str, at: usize) -> bool {
    let in_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    !(code[..at].ends_with(in_name) && code[at..].starts_with(in_name))
}

#[cfg(test)]
mod tests {
    use super::{Place, Reads, Rule, Source};

    const RULE: Rule = Rule {
        name: "no-cats",
        why: "dogs live here",
        place: Place::Under(&["kennel/"]),
        except: &["kennel/door.rs"],
        reads: Reads::Code,
        words: &["cat"],
    };

    #[test]
    fn a_finding_tells_place_and_reason() {
        let source = Source::new("kennel/yard.rs", "struct Yard;\nfn bark(cat: Cat, concat: u8) {}\n");
        let door = Source::new("kennel/door.rs", "fn open(cat: Cat) {}\n");
        let found = RULE.check(&[source, door]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].to_string(), "kennel/yard.rs:2: `cat` (no-cats: dogs live here)");
    }

    #[test]
    fn a_rule_without_an_object_is_told() {
        let found = RULE.check(&[Source::new("house/door.rs", "")]);
        let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["kennel/", "kennel/door.rs"]);
        assert_eq!(found[0].to_string(), "kennel/: there is no such path (no-cats: dogs live here)");
    }
}
