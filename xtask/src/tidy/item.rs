use std::ops::RangeInclusive;

/// The lines, from 1, of the item that starts at `at` in masked code.
pub(super) fn lines(code: &str, at: usize) -> RangeInclusive<usize> {
    let end = at + length(&code[at..]);
    line(code, at)..=line(code, end)
}

/// The number, from 1, of the line that `at` is in.
fn line(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// How many bytes lie before the last of the item that `code` starts with: its closing brace, or the
/// semicolon of one without a body. What stands in brackets, as in `[u8; 4]`, ends nothing.
fn length(code: &str) -> usize {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (at, letter) in code.char_indices() {
        match letter {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if braces == 0 && brackets == 0 => return at,
            '{' => braces += 1,
            '}' if braces <= 1 => return at,
            '}' => braces -= 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn an_item_ends_with_its_body() {
        let code = "fn a(x: [u8; 4])\nwhere\n    u8: Copy,\n{\n    if x { y }\n}\nfn b() {}\n";
        assert_eq!(lines(code, 0), 1..=6);
        assert_eq!(lines(code, code.find("fn b").unwrap()), 7..=7);
    }

    #[test]
    fn an_item_without_a_body_ends_with_its_semicolon() {
        assert_eq!(lines("fn a();\nfn b() {\n}\n", 0), 1..=1);
    }

    #[test]
    fn what_never_ends_goes_to_the_end() {
        assert_eq!(lines("fn a() {\n{\n}\n", 0), 1..=4);
    }
}
