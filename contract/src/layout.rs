//! How types are laid out: a member of an object to a line, so that a change is a changed line.

use crate::token::{Token, tokens};

const INDENT: &str = "  ";

/// A declaration, laid out.
pub(crate) fn layout(declaration: &str) -> String {
    let tokens = tokens(declaration);
    let mut page = Page::default();
    let is_tall = has_alternatives(&tokens) && (0..tokens.len()).any(|at| is_tall_at(&tokens, at));
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "=" | "|" if is_tall && page.groups.is_empty() => page.alternative(*token),
            _ if token.is_comment() => page.comment(*token),
            _ if token.opens() => page.open(*token, is_tall_at(&tokens, at)),
            _ if token.closes() => page.close(*token),
            _ if token.separates() => page.separate(*token, tokens.get(at + 1)),
            _ => page.word(*token),
        }
    }
    page.text
}

/// A comment of docs at this depth; on one line if that is all it has.
pub(crate) fn docs(comment: &str, depth: usize) -> String {
    let indent = INDENT.repeat(depth);
    let comment = comment.trim();
    let inner = comment.strip_prefix("/**").unwrap_or(comment);
    let inner = inner.strip_suffix("*/").unwrap_or(inner).replace("*/", "*\\/");
    let lines: Vec<_> = inner.trim().lines().map(without_star).collect();
    match lines[..] {
        [line] => format!("{indent}/** {line} */\n"),
        _ => {
            let lines = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            format!("{indent}/**\n{}{indent} */\n", lines.collect::<String>())
        }
    }
}

/// A line of docs, without what sets it off in a comment.
fn without_star(line: &str) -> &str {
    let text = line.trim();
    text.strip_prefix('*').map_or(text, |text| text.strip_prefix(' ').unwrap_or(text))
}

/// Whether the type as a whole is one of several.
fn has_alternatives(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    tokens.iter().any(|token| {
        depth = if token.opens() { depth + 1 } else { depth.saturating_sub(token.closes().into()) };
        depth == 0 && token.text == "|"
    })
}

/// Whether an object begins here that is more than a line can show: it has docs in it, or two members, or such an object.
fn is_tall_at(tokens: &[Token<'_>], start: usize) -> bool {
    let Some((Token { text: "{", .. }, inside)) = tokens[start..].split_first() else { return false };
    let mut open = vec!["{"];
    for (at, token) in inside.iter().enumerate() {
        let is_last = inside.get(at + 1).is_none_or(|next| next.closes());
        if token.is_comment() || token.separates() && open.last() == Some(&"{") && !is_last {
            return true;
        }
        if token.opens() {
            open.push(token.text);
        } else if token.closes() {
            open.pop();
        }
        if open.is_empty() {
            break;
        }
    }
    false
}

/// What is laid out so far.
#[derive(Default)]
struct Page {
    text: String,
    groups: Vec<Group>,
    /// How far all is moved to the right.
    margin: usize,
}

/// Brackets that are open.
struct Group {
    is_object: bool,
    is_tall: bool,
}

impl Page {
    /// One of the alternatives of the whole type is next.
    fn alternative(&mut self, token: Token<'_>) {
        if token.text == "=" {
            self.word(token);
        }
        self.margin = 1;
        self.new_line();
        self.put("|");
        self.margin = 2;
    }

    fn open(&mut self, token: Token<'_>, is_tall: bool) {
        self.word(token);
        self.groups.push(Group { is_object: token.text == "{", is_tall });
        if is_tall {
            self.new_line();
        }
    }

    fn close(&mut self, token: Token<'_>) {
        let group = self.groups.pop().unwrap_or(Group { is_object: false, is_tall: false });
        if group.is_tall {
            self.text.truncate(self.text.trim_end().len());
            if !self.text.ends_with([';', '{']) {
                self.text.push(';');
            }
            self.new_line();
            self.put(token.text);
        } else if group.is_object {
            self.space();
            self.put(token.text);
        } else {
            self.put(token.text);
        }
    }

    fn separate(&mut self, token: Token<'_>, next: Option<&Token<'_>>) {
        let is_last = next.is_some_and(|next| next.closes());
        match self.groups.last() {
            Some(_) if is_last => {}
            Some(Group { is_tall: true, .. }) => {
                self.put(";");
                self.new_line();
            }
            Some(Group { is_object: true, .. }) => self.put(";"),
            _ => self.put(token.text),
        }
    }

    fn comment(&mut self, token: Token<'_>) {
        if self.is_fresh() {
            self.text.truncate(self.text.trim_end().len());
            self.text.push('\n');
            self.text += &docs(token.text, self.depth());
            self.text += &INDENT.repeat(self.depth());
        } else {
            self.word(token);
        }
    }

    fn word(&mut self, token: Token<'_>) {
        let in_object = self.text.ends_with("{");
        if token.spaced || in_object {
            self.space();
        }
        self.put(token.text);
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '(', '[', '<']) {
            self.text.push(' ');
        }
    }

    fn put(&mut self, text: &str) {
        self.text += text;
    }

    fn new_line(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
        self.text += &INDENT.repeat(self.depth());
    }

    /// Whether nothing is in this line yet.
    fn is_fresh(&self) -> bool {
        self.text.lines().last().is_some_and(|line| line.trim().is_empty())
    }

    fn depth(&self) -> usize {
        self.margin + self.groups.iter().filter(|group| group.is_tall).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_on_a_line() {
        for line in [
            "type A = number;",
            "type A = \"a\" | \"b\";",
            "type A<T> = { [key in string]?: Array<T> };",
            "type A = [number, B<string, null>];",
            "type A = { };",
        ] {
            assert_eq!(layout(line), line);
        }
        assert_eq!(layout("type A = { a: B, };"), "type A = { a: B };");
    }

    #[test]
    fn members_have_a_line_each() {
        assert_eq!(
            layout("type A = { a: Map<string, number>, b: { c: D, d: [E, F], }, };"),
            "type A = {\n  a: Map<string, number>;\n  b: {\n    c: D;\n    d: [E, F];\n  };\n};"
        );
        assert_eq!(layout("type A = { b: { c: D, d: E } };"), "type A = {\n  b: {\n    c: D;\n    d: E;\n  };\n};");
    }

    #[test]
    fn so_have_alternatives_when_one_needs_more() {
        assert_eq!(
            layout("type A = { \"kind\": \"b\" } & B | { \"kind\": \"c\", c: C | null, };"),
            "type A =\n  | { \"kind\": \"b\" } & B\n  | {\n      \"kind\": \"c\";\n      c: C | null;\n    };"
        );
        assert_eq!(layout("type A = { b: B } | { c: C };"), "type A = { b: B } | { c: C };");
    }

    #[test]
    fn docs_stand_above_their_member() {
        assert_eq!(
            layout("type A = { \n/**\n * One.\n */\na: B, \n/**\n * Two,\n *\n * with src/**/*.rs\n */\nc: D, };"),
            "type A = {\n  /** One. */\n  a: B;\n  /**\n   * Two,\n   *\n   * with src/**\\/*.rs\n   */\n  c: D;\n};"
        );
        assert_eq!(docs("/**\n * One.\n */\n", 0), "/** One. */\n");
        assert_eq!(docs("/**\n * - *a*\n *   - **b**\n */\n", 0), "/**\n * - *a*\n *   - **b**\n */\n");
        assert_eq!(docs("/** One,\nand two. */", 0), "/**\n * One,\n * and two.\n */\n");
    }
}
