/// Words that cannot name a `const` in a module.
const KEYWORDS: &str = "arguments await break case catch class const continue debugger default delete do else enum eval \
    export extends false finally for function if implements import in instanceof interface let new null package private \
    protected public return static super switch this throw true try typeof var void while with yield";

/// Types that are there before any of the app's: of the language, of what `ts-rs` writes, of the client.
const TYPES: &str = "any bigint boolean never number object string symbol undefined unknown Array \
    Record NoParams RoomRef SocketRef";

/// Whether a `const` of a JavaScript module can have this name. ASCII alone: a name is for people to type.
pub(crate) fn is_identifier(name: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit()) && !has_word(KEYWORDS, name)
}

/// Whether a type of the app's can have this name.
pub(crate) fn is_type(name: &str) -> bool {
    is_identifier(name) && !has_word(TYPES, name)
}

/// A text as JavaScript says it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn has_word(words: &str, name: &str) -> bool {
    words.split_whitespace().any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_javascript_can_export() {
        for good in ["CURSORS", "chat", "_x1", "$"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "1st", "my-chat", "my chat", "a.b", "class", "await", "名"] {
            assert!(!is_identifier(bad), "{bad}");
        }
        assert!(is_type("Cursor"));
        assert!(!is_type("Array") && !is_type("RoomRef") && !is_type("string") && !is_type("A-B"));
    }

    #[test]
    fn what_is_quoted_is_one_text() {
        assert_eq!(quoted("a\"b\\\n"), r#""a\"b\\\n""#);
    }
}
