/// A piece of TypeScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Whether there is space in front of it.
    pub(crate) spaced: bool,
}

/// Marks that are a token each, wherever they stand.
const MARKS: &[char] = &['{', '}', '[', ']', '(', ')', '<', '>', ',', ';', ':', '?', '|', '&', '='];

impl Token<'_> {
    pub(crate) fn is_comment(self) -> bool {
        self.text.starts_with("/*")
    }

    pub(crate) fn opens(self) -> bool {
        matches!(self.text, "{" | "[" | "(" | "<")
    }

    pub(crate) fn closes(self) -> bool {
        matches!(self.text, "}" | "]" | ")" | ">")
    }

    /// Whether it stands between two members.
    pub(crate) fn separates(self) -> bool {
        matches!(self.text, "," | ";")
    }
}

/// The tokens of a type, comments included.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return tokens;
        }
        let (text, behind) = trimmed.split_at(length(trimmed));
        tokens.push(Token { text, spaced: trimmed.len() < rest.len() });
        rest = behind;
    }
}

/// A type as the one text that says what it does: without comments, and with one space between two tokens.
pub(crate) fn canonical(text: &str) -> String {
    let tokens: Vec<_> = tokens(text).into_iter().filter(|token| !token.is_comment()).collect();
    let mut words = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_last = tokens.get(at + 1).is_none_or(|next| next.closes());
        if !(token.separates() && is_last) {
            words.push(token.text);
        }
    }
    words.join(" ")
}

/// Of the first token of `text`, which starts with one.
fn length(text: &str) -> usize {
    if text.starts_with("/*") {
        return comment(text);
    }
    match text.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => literal(text, quote),
        _ if text.starts_with("=>") => 2,
        Some(mark) if MARKS.contains(&mark) => mark.len_utf8(),
        _ => text.find(|c: char| c.is_whitespace() || MARKS.contains(&c) || "\"'`".contains(c)).unwrap_or(text.len()),
    }
}

/// The end of a comment of docs ends its line; a `*/` before that is of the docs themselves, such as in `src/**/*.rs`.
fn comment(text: &str) -> usize {
    let end = if text.starts_with("/**") { text.find("*/\n") } else { None };
    end.or_else(|| text.find("*/")).map_or(text.len(), |end| end + 2)
}

fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_type_falls_into_tokens() {
        assert_eq!(
            texts("type A<T> = { \"a-b\"?: T[], };"),
            ["type", "A", "<", "T", ">", "=", "{", "\"a-b\"", "?", ":", "T", "[", "]", ",", "}", ";"]
        );
        assert_eq!(texts("() => 'a \\' b'"), ["(", ")", "=>", "'a \\' b'"]);
    }

    #[test]
    fn a_comment_is_one_token_whatever_is_in_it() {
        assert_eq!(texts("{ /* a */ b: c }"), ["{", "/* a */", "b", ":", "c", "}"]);
        assert_eq!(texts("{\n/**\n * src/**/*.rs\n */\nb: c }"), ["{", "/**\n * src/**/*.rs\n */", "b", ":", "c", "}"]);
        assert_eq!(texts("/* no end"), ["/* no end"]);
    }

    #[test]
    fn comments_spaces_and_last_commas_say_nothing() {
        let plain = "type A = { b : \"/* c */\" }";
        assert_eq!(canonical("type A = {\n/**\n * Docs.\n */\nb: \"/* c */\", };"), plain);
        assert_eq!(canonical("type A={b:\"/* c */\"}"), plain);
        assert_ne!(canonical("type A = { c: \"/* c */\" };"), plain);
    }
}
