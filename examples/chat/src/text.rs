/// A text: something in it can be seen, and no control character is in it but newlines and tabs.
pub(crate) fn visible(text: &str, (): &()) -> garde::Result {
    if text.contains(|char: char| char.is_control() && !matches!(char, '\n' | '\t')) {
        return Err(garde::Error::new("has a control character"));
    }
    if text.chars().all(|char| char.is_whitespace() || is_unseen(char)) {
        return Err(garde::Error::new("is blank"));
    }
    Ok(())
}

/// A name: all of it can be seen, on one line, so that no two names look alike for what is hidden in one of them.
pub(crate) fn presentable(name: &str, (): &()) -> garde::Result {
    if name.trim() != name {
        return Err(garde::Error::new("begins or ends with a blank"));
    }
    if name.contains(|char| is_unseen(char) || matches!(char, '\u{2028}' | '\u{2029}')) {
        return Err(garde::Error::new("has a character that cannot be seen"));
    }
    Ok(())
}

/// Control characters, those that Unicode has shown as nothing (`Default_Ignorable_Code_Point`), and the empty pattern of
/// Braille.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_something() {
        for good in ["a", " a\n\tb ", "\u{200B}a", "👩\u{200D}🚀", "می\u{200C}خواهم", "❤\u{FE0F}"] {
            assert!(visible(good, &()).is_ok(), "{good:?}");
        }
        for blank in
            ["", " \n\t", "\u{A0}\u{3000}", "\u{AD}", "\u{200B} \u{200F}", "\u{202E}", "\u{2060}\u{206F}", "\u{FEFF}"]
        {
            assert_eq!(visible(blank, &()).unwrap_err().message(), "is blank", "{blank:?}");
        }
        for blank in ["\u{2800}", "\u{3164}", "\u{115F}\u{1160}", "\u{FFA0}", "\u{FE0F}", "\u{E0020}", "\u{2028}"] {
            assert_eq!(visible(blank, &()).unwrap_err().message(), "is blank", "{blank:?}");
        }
        for control in ["a\0", "\u{1B}[2J", "a\r\nb", "a\u{7F}", "a\u{85}"] {
            assert_eq!(visible(control, &()).unwrap_err().message(), "has a control character", "{control:?}");
        }
    }

    #[test]
    fn all_of_a_name_can_be_seen() {
        for good in ["Ada Lovelace", "Zoë", "囲炉裏", "אדה", "ᄒᆞᆫ"] {
            assert!(presentable(good, &()).is_ok(), "{good:?}");
        }
        for blank in [" Ada", "Ada\n", "\u{2028}"] {
            assert_eq!(presentable(blank, &()).unwrap_err().message(), "begins or ends with a blank", "{blank:?}");
        }
        for unseen in
            ['\0', '\n', '\u{AD}', '\u{200B}', '\u{202E}', '\u{2028}', '\u{2029}', '\u{2066}', '\u{2800}', '\u{3164}']
        {
            let name = format!("A{unseen}da");
            assert_eq!(
                presentable(&name, &()).unwrap_err().message(),
                "has a character that cannot be seen",
                "{name:?}"
            );
        }
    }
}
