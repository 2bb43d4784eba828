use bytes::Bytes;
use irori::wire::Opcode;
use serde::Deserialize;

/// What clients did and saw, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recording {
    pub(super) steps: Vec<Step>,
}

/// A line of a recording: who did or saw what. Its time and its notes are for people.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Step {
    pub(super) who: String,
    #[serde(flatten)]
    pub(super) event: Event,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "ev", rename_all = "lowercase")]
pub(super) enum Event {
    /// It asks for an upgrade.
    Connect { url: String },
    /// The upgrade was answered with 101.
    Open { protocol: String, extensions: String },
    /// The upgrade was answered without one.
    Http { status: u16 },
    /// It sends a message: text, or `<binary LENGTH> TEXT`.
    Send { data: String },
    /// A message came.
    Recv { data: String },
    /// It sees its end.
    Close { code: u16, reason: String },
    /// Its library says in its own words that the upgrade was refused.
    Error,
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub(super) fn read(lines: &str) -> Self {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut recording = Self { steps: lines.lines().map(read).collect() };
        recording.forget_after_refusals();
        recording.close_before_it_is_heard_of();
        recording
    }

    /// Forgets what a client did and saw after this step.
    pub(super) fn forget_after(&mut self, place: usize) {
        let later = self.steps.split_off(place + 1);
        let who = &self.steps[place].who;
        let kept: Vec<_> = later.into_iter().filter(|step| step.who != *who).collect();
        self.steps.extend(kept);
    }

    /// What a library makes of a refused upgrade is not on the wire.
    fn forget_after_refusals(&mut self) {
        let mut place = 0;
        while place < self.steps.len() {
            if matches!(self.steps[place].event, Event::Http { .. }) {
                self.forget_after(place);
            }
            place += 1;
        }
    }

    /// A close was written down when its client saw the end of it, and others may have heard of it by then. To be played
    /// it must come first.
    fn close_before_it_is_heard_of(&mut self) {
        for place in 0..self.steps.len() {
            let (before, this) = (&self.steps[..place], &self.steps[place]);
            if matches!(this.event, Event::Close { .. }) {
                let hears = |step: &&Step| step.who != this.who && step.hears_of_a_leave();
                let heard = before.iter().rev().take_while(hears).count();
                self.steps[place - heard..=place].rotate_right(1);
            }
        }
    }
}

impl Step {
    fn hears_of_a_leave(&self) -> bool {
        matches!(&self.event, Event::Recv { data } if data.contains(r#""op":"leave""#))
    }
}

/// A recorded message as a frame. Binary that was no text is bytes that are no UTF-8, as many as there were.
pub(super) fn frame(data: &str) -> (Opcode, Bytes) {
    let Some((length, text)) = data.strip_prefix("<binary ").and_then(|rest| rest.split_once("> ")) else {
        return (Opcode::Text, data.to_owned().into());
    };
    let bytes: Vec<u8> = text
        .chars()
        .flat_map(|char| match char {
            char::REPLACEMENT_CHARACTER => vec![0xFF],
            char => char.to_string().into_bytes(),
        })
        .collect();
    assert_eq!(bytes.len().to_string(), length, "{data} was recorded whole");
    (Opcode::Binary, bytes.into())
}
