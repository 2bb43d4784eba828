use serde_json::Value;

use super::recording::{Event, Recording, Step};

/// The client of the recordings whose page was of another origin.
pub(super) const FOREIGN: &str = "evil-origin";

/// What ours does otherwise on purpose.
struct Difference {
    /// What says so.
    sentence: &'static str,
    /// Makes what was recorded what is to be seen here.
    apply: fn(&mut Recording),
}

/// Every difference that there may be, with the sentence that it comes from. What is not here is to be the same.
const DIFFERENCES: [Difference; 3] = [
    Difference {
        sentence: "PROTOCOL.md, section 5: the others get `join`; the joiner does not get its own.",
        apply: drop_own_joins,
    },
    Difference {
        sentence: "PROTOCOL.md, section 2: `Origin` present and not allowed: HTTP 403, no upgrade (theirs has no \
                   origin check).",
        apply: refuse_foreign_origins,
    },
    Difference {
        sentence: "PROTOCOL.md, section 4: a message that comes before `open` has ended waits for it (theirs handles \
                   it at once).",
        apply: open_before_messages,
    },
];

/// Makes what was recorded what is to be seen here; gives the sentences that it took.
pub(super) fn differ(recording: &mut Recording) -> Vec<&'static str> {
    let mut meant = Vec::new();
    for difference in &DIFFERENCES {
        let before = recording.clone();
        (difference.apply)(recording);
        if *recording != before {
            meant.push(difference.sentence);
        }
    }
    meant
}

fn drop_own_joins(recording: &mut Recording) {
    let mut selves = Vec::new();
    recording.steps.retain(|step| {
        let Event::Recv { data } = &step.event else { return true };
        let frame: Value = serde_json::from_str(data).unwrap_or_default();
        if frame["t"] == "snapshot" {
            selves.push((step.who.clone(), frame["self"].clone()));
        }
        let is_own = selves.iter().any(|(who, own)| *who == step.who && *own == frame["from"]);
        !(is_own && frame["op"] == "join")
    });
}

fn refuse_foreign_origins(recording: &mut Recording) {
    let is_open = |step: &Step| step.who == FOREIGN && matches!(step.event, Event::Open { .. });
    if let Some(place) = recording.steps.iter().position(is_open) {
        recording.steps[place].event = Event::Http { status: 403 };
        recording.forget_after(place);
    }
}

/// `slowopen` says when its open hook ends, and here nothing is answered before.
fn open_before_messages(recording: &mut Recording) {
    let steps = &mut recording.steps;
    let opens = |step: &Step| matches!(&step.event, Event::Recv { data } if data == r#"{"opened":true}"#);
    let Some(place) = steps.iter().position(opens) else { return };
    let answers = |step: &Step| step.who == steps[place].who && matches!(step.event, Event::Recv { .. });
    let first = steps.iter().position(answers).unwrap_or(place);
    steps[first..=place].rotate_right(1);
}

#[cfg(test)]
mod tests {
    use super::{
        super::{DENY, ROOM_BARE_VOID_STATE, ROOM_MALFORMED, ROOM_TWO_CLIENTS, SOCKET_ECHO},
        *,
    };

    const RECORDINGS: [&str; 5] = [DENY, ROOM_BARE_VOID_STATE, ROOM_MALFORMED, ROOM_TWO_CLIENTS, SOCKET_ECHO];

    #[test]
    fn every_difference_is_seen_in_a_recording() {
        let seen: Vec<_> = RECORDINGS.iter().flat_map(|lines| differ(&mut Recording::read(lines))).collect();
        for Difference { sentence, .. } in DIFFERENCES {
            assert!(seen.contains(&sentence), "{sentence}");
        }
    }
}
