/// `text` with blanks in place of comments and literals, so that a word in what is left is a word of
/// the code. Lines stay where they are.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (hidden, after) = rest.split_at(hidden(rest));
        if hidden.is_empty() {
            masked.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            masked.extend(hidden.chars().map(|hidden| if hidden == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    masked
}

/// The length of the comment or literal that `code` starts with, or 0.
fn hidden(code: &str) -> usize {
    let length = match code.as_bytes() {
        [b'/', b'/', ..] => code.find('\n'),
        [b'/', b'*', ..] => block_comment(code),
        [b'"', ..] => string(code),
        [b'r', b'"' | b'#', ..] => return raw_string(code),
        [b'\'', ..] => return character(code),
        _ => return 0,
    };
    // What is never closed goes to the end.
    length.unwrap_or(code.len())
}

/// They nest.
fn block_comment(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = code.get(at..)?;
        let (open, close) = (rest.find("/*"), rest.find("*/")?);
        match open {
            Some(open) if open < close => {
                depth += 1;
                at += open + 2;
            }
            _ => {
                depth -= 1;
                at += close + 2;
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn string(code: &str) -> Option<usize> {
    let mut letters = code.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// `r#"..."#`, and 0 for the `r#` of a raw name.
fn raw_string(code: &str) -> usize {
    let hashes = code[1..].bytes().take_while(|byte| *byte == b'#').count();
    let open = 1 + hashes + 1;
    if code.as_bytes().get(open - 1) != Some(&b'"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    code[open..].find(&close).map_or(code.len(), |at| open + at + close.len())
}

/// `'a'` or `'\n'`, and 0 for a lifetime.
fn character(code: &str) -> usize {
    let mut letters = code.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        // The letter after the backslash may be a quote itself.
        (Some((_, '\\')), Some(_)) => letters.find(|(_, letter)| *letter == '\'').map_or(0, |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    /// The words left of `text`.
    fn words(text: &str) -> Vec<String> {
        mask(text).split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn comments_are_blank() {
        assert_eq!(words("a // b\nc /* d /* e */ f */ g /// h"), ["a", "c", "g"]);
        assert_eq!(words("a /* b"), ["a"]);
    }

    #[test]
    fn literals_are_blank() {
        assert_eq!(words(r#"a "b \" c" d b"e" f"#), ["a", "d", "b", "f"]);
        assert_eq!(words("a r#\"b \" c\"# d r\"e\\\" f"), ["a", "d", "f"]);
        assert_eq!(words(r"a '\'' b '{' c '\u{7d}' d '\\' e"), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn names_and_lifetimes_stay() {
        assert_eq!(words("fn r#try<'a, 'b>(c: &'a str)"), ["fn", "r#try<'a,", "'b>(c:", "&'a", "str)"]);
    }

    #[test]
    fn a_comment_in_a_string_is_none() {
        assert_eq!(words("a \"http://b\" c"), ["a", "c"]);
    }

    #[test]
    fn lines_stay_where_they_are() {
        assert_eq!(mask("a\n\"b\nc\" /*\n*/ d\n"), "a\n  \n     \n   d\n");
    }
}
