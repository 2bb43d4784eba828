use serde::Deserialize;
use serde_json::{Value, json};

use crate::subject::Subject;

#[derive(Deserialize)]
pub(crate) struct Table {
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) options: Value,
    pub(crate) room: bool,
    pub(crate) steps: Vec<Value>,
}

/// What holds after a step until another step says otherwise.
const LASTING: [(&str, &str); 7] = [
    ("status", "null"),
    ("dials", "0"),
    ("close_info", "null"),
    ("queued", "0"),
    ("self", "null"),
    ("members", "[]"),
    ("states", "[]"),
];

/// What a step did, and is nothing when it is not named.
const MOMENTARY: [(&str, &str); 6] = [
    ("wire", "[]"),
    ("closed_with", "null"),
    ("errors", "[]"),
    ("messages", "[]"),
    ("timer", "null"),
    ("answer", "null"),
];

impl Case {
    /// # Errors
    ///
    /// What was seen, and what the table says, at the first step where they differ.
    pub(crate) fn run(&self) -> Result<(), String> {
        let mut lasting: Vec<(&str, Value)> =
            LASTING.iter().map(|(name, value)| (*name, serde_json::from_str(value).unwrap())).collect();
        let mut subject = Subject::new(&self.options, self.room);
        for (number, step) in self.steps.iter().enumerate() {
            let answer = subject.take(step);
            if !subject.is_started() {
                continue;
            }
            let mut expected = Vec::new();
            for (name, value) in &mut lasting {
                if let Some(new) = step.get(*name) {
                    *value = new.clone();
                }
                expected.push((*name, value.clone()));
            }
            for (name, value) in MOMENTARY {
                let value = serde_json::from_str(value).unwrap();
                expected.push((name, step.get(name).cloned().unwrap_or(value)));
            }
            for (name, expected) in expected {
                if !self.room && ["self", "members", "states"].contains(&name) {
                    continue;
                }
                let seen = if name == "answer" { answer.clone() } else { subject.see(name) };
                if seen != expected {
                    let place = format!("{}: step {number} ({}): {name}", self.name, json!(step));
                    return Err(format!("{place}: expected {expected}, seen {seen}"));
                }
            }
        }
        Ok(())
    }
}
