//! What `wrangler.jsonc` says: what deploys a Worker is what it is tested with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;

/// The part of a Worker's `wrangler.jsonc` that is read here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wrangler {
    pub(super) compatibility_date: String,
    pub(super) compatibility_flags: Vec<String>,
    /// Texts that the Worker is given, by name.
    pub(super) vars: BTreeMap<String, String>,
    /// Classes of Durable Objects, by the name of their binding.
    pub(super) objects: BTreeMap<String, String>,
    /// The classes among them whose storage is SQLite.
    pub(super) with_sqlite: BTreeSet<String>,
}

impl Wrangler {
    /// Reads the `wrangler.jsonc` of a folder.
    ///
    /// # Errors
    ///
    /// When there is none, or it lacks something, or says something that is not understood here.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("wrangler.jsonc");
        let at = |why: String| Failure::new(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| at(error.to_string()))?;
        Self::parse(&text).map_err(at)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: Value = serde_json::from_str(&uncommented(text)).map_err(|error| error.to_string())?;
        let mut wrangler = Self {
            compatibility_date: text_of(&file["compatibility_date"], "compatibility_date")?,
            compatibility_flags: texts(&file["compatibility_flags"], "compatibility_flags")?,
            ..Self::default()
        };
        for (name, value) in file["vars"].as_object().into_iter().flatten() {
            wrangler.vars.insert(name.clone(), text_of(value, &format!("vars.{name}"))?);
        }
        for binding in file["durable_objects"]["bindings"].as_array().into_iter().flatten() {
            let name = text_of(&binding["name"], "the name of a binding")?;
            wrangler.objects.insert(name, text_of(&binding["class_name"], "the class_name of a binding")?);
        }
        for migration in file["migrations"].as_array().into_iter().flatten() {
            wrangler.with_sqlite.extend(texts(&migration["new_sqlite_classes"], "new_sqlite_classes")?);
        }
        Ok(wrangler)
    }
}

fn text_of(value: &Value, what: &str) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{what} must be a text, and is {value}"))
}

/// Texts in a list, or none when there is no list.
fn texts(value: &Value, what: &str) -> Result<Vec<String>, String> {
    let list = value.as_array().into_iter().flatten();
    list.map(|text| text_of(text, what)).collect()
}

/// JSON without the comments that the file may have. Lines stay where they are.
fn uncommented(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let (keep, length) = match rest.as_bytes() {
            [b'/', b'/', ..] => ("", rest.find('\n').unwrap_or(rest.len())),
            [b'/', b'*', ..] => ("", rest.find("*/").map_or(rest.len(), |end| end + 2)),
            [b'"', ..] => (rest, end_of_string(rest)),
            _ => (rest, 1),
        };
        kept.push_str(&keep[..length.min(keep.len())]);
        rest = &rest[length..];
    }
    kept + rest
}

/// Where the string ends that `text` starts with.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::{Wrangler, uncommented};

    const FILE: &str = r#"{
        // A comment, with a "quote" in it
        "name": "board", /* and another */
        "compatibility_date": "2026-11-01",
        "compatibility_flags": ["nodejs_compat"],
        "vars": { "SITE": "https://example.com // no comment" },
        "durable_objects": { "bindings": [{ "name": "ROOMS", "class_name": "Rooms" }] },
        "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Rooms"] }]
    }"#;

    #[test]
    fn what_deploys_a_worker_is_read() {
        let wrangler = Wrangler::parse(FILE).unwrap();
        assert_eq!(wrangler.compatibility_date, "2026-11-01");
        assert_eq!(wrangler.compatibility_flags, ["nodejs_compat"]);
        assert_eq!(wrangler.vars["SITE"], "https://example.com // no comment");
        assert_eq!(wrangler.objects["ROOMS"], "Rooms");
        assert!(wrangler.with_sqlite.contains("Rooms"));
    }

    #[test]
    fn what_is_missing_or_not_understood_is_named() {
        let failure = Wrangler::parse("{}").unwrap_err();
        assert_eq!(failure, "compatibility_date must be a text, and is null");
        let failure = Wrangler::parse(r#"{ "compatibility_date": "2026-11-01", "vars": { "DEPTH": 3 } }"#).unwrap_err();
        assert_eq!(failure, "vars.DEPTH must be a text, and is 3");
    }

    #[test]
    fn only_comments_go() {
        assert_eq!(uncommented("1 // one\n/* two */ 2"), "1 \n 2");
        assert_eq!(uncommented(r#"["\"//", "/*", 4 / 2]//"#), r#"["\"//", "/*", 4 / 2]"#);
    }
}
