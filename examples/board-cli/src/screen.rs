use std::{
    env,
    io::{self, IsTerminal as _, Stdout, Write as _, stdin, stdout},
};

use board::User;

/// Lines on the standard output; in colours when that is a terminal.
pub(crate) struct Screen {
    out: Stdout,
    colours: bool,
    /// Whether what is typed shows by itself.
    echoes: bool,
}

impl Screen {
    pub(crate) fn of_stdout() -> Self {
        let out = stdout();
        let is_terminal = out.is_terminal();
        let wants_none = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: is_terminal && !wants_none, echoes: is_terminal && stdin().is_terminal(), out }
    }

    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// A name in its colour.
    pub(crate) fn name(&self, user: &User) -> String {
        let name = plain(&user.name);
        if !self.colours {
            return name;
        }
        let [red, green, blue] = colour(user.hue);
        format!("\x1b[38;2;{red};{green};{blue}m{name}\x1b[0m")
    }

    /// Takes a typed line away, which shows again when it is said.
    pub(crate) fn forget_typed(&mut self) -> io::Result<()> {
        if self.echoes {
            write!(self.out, "\x1b[1A\x1b[2K")?;
        }
        Ok(())
    }
}

/// What others wrote, without what a terminal would take for a command, a new line, or another direction of writing.
pub(crate) fn plain(text: &str) -> String {
    let text = text.chars().filter(|char| !turns(*char));
    text.map(|char| if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') { ' ' } else { char }).collect()
}

/// Whether a character is there to turn the direction of others (Unicode, `Bidi_Control`).
fn turns(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Red, green and blue of a hue in degrees, as bright as text is to be (CSS Color 4, `hsl`, at 70% and 65%).
fn colour(hue: u16) -> [u8; 3] {
    const LIGHT: f64 = 0.65;
    const CHROMA: f64 = 0.7 * (1.0 - LIGHT);
    [0.0, 8.0, 4.0].map(|offset| {
        let sector = (offset + f64::from(hue) / 30.0) % 12.0;
        let part = LIGHT - CHROMA * (sector - 3.0).min(9.0 - sector).clamp(-1.0, 1.0);
        (part * 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_are_colours() {
        let [red, green, blue] = [0, 120, 240].map(colour);
        assert_eq!(red, [228, 103, 103]);
        assert_eq!((green, blue), ([103, 228, 103], [103, 103, 228]));
    }

    #[test]
    fn nobody_commands_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\nc\u{9b}d囲"), "a [2Jb c d囲");
        assert_eq!(plain("\u{2067}a\u{202e}b\u{200f}c\u{2028}d\u{2029}e שלום"), "abc d e שלום");
    }
}
