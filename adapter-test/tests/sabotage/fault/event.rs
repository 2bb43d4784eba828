//! Between the events of a host whose memory vanishes: what is kept, who comes back, and what is told to whom.

use serde_json::Value;

use super::{Fault, event_fault as fault};
use crate::event::{Alarm, Event, Wakes};

pub(super) const KEEPING: &[Fault] = &[
    fault("forgets what it is to keep", "resume::message_after_wake", |seams| seams.keep = |_, _| Ok(String::new())),
    fault("keeps the first record of a connection alone", "resume::mutable_state_survives", |seams| {
        seams.keep = |before, record| Ok(if before.is_empty() { record } else { before.to_owned() });
    }),
    fault("keeps a record in fewer bits than its characters have", "resume::mutable_state_survives", |seams| {
        seams.keep = |_, record| Ok(record.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect());
    }),
    fault("keeps a record without what is null", "resume::room_and_presence_survive", |seams| {
        seams.keep = |_, record| Ok(record.replace(r#","state":null"#, ""));
    }),
    fault("keeps a record without the subprotocol", "resume::subprotocol_after_wake", |seams| {
        seams.keep = |_, record| Ok(without_protocol(&record));
    }),
    fault(
        "promises more place for a record than there is",
        "resume::attachment_over_budget_refuses_upgrade",
        |seams| {
            seams.budget = usize::MAX;
        },
    ),
    fault("cuts a record that is too large", "resume::attachment_over_budget_refuses_upgrade", |seams| {
        seams.budget = usize::MAX;
        seams.keep = |_, record| Ok(record.chars().take(16_384).collect());
    }),
    fault("loses all records when one connection fails", "resume::panic_elsewhere_loses_nothing", |seams| {
        seams.fails_together = true;
    }),
];

pub(super) const WAKING: &[Fault] = &[
    fault("brings nobody to life", "resume::data_survives", |seams| seams.wakes = Wakes::NoOne),
    fault("brings to life whose event it is, and nobody else", "resume::no_event_before_init_done", |seams| {
        seams.wakes = Wakes::Caller;
    }),
    fault("lets newcomers in before it brings the others to life", "resume::roster_after_wake", |seams| {
        seams.wakes = Wakes::BehindUpgrades;
    }),
    fault("gives a new id to who comes back", "resume::id_survives", |seams| {
        seams.read = |kept| with_another_id(&kept);
    }),
    fault("closes sockets that are not the core's", "resume::foreign_sockets_ignored", |seams| {
        seams.closes_foreign = true;
    }),
    fault("leaves alone what another version has kept", "resume::old_version_attachment_closes_cleanly", |seams| {
        seams.shows_outdated = false;
    }),
];

pub(super) const CALLING: &[Fault] = &[
    fault("loses the message that brings memory back", "resume::message_after_wake", |seams| {
        seams.tells = |event| !matches!(event, Event::Message(_));
    }),
    fault("loses the close that brings memory back", "resume::close_after_wake", |seams| {
        seams.tells = |event| !matches!(event, Event::Close(_));
    }),
    fault("lets memory vanish while a hook runs", "order::messages_queue_behind_slow_open", |seams| {
        seams.waits = false;
    }),
    fault("lets messages wait without a bound", "order::backlog_closes_1013", |seams| seams.reads_on = false),
    fault("has no alarm", "resume::wake_by_timer", |seams| seams.alarm = Alarm::Never),
    fault("loses its alarm with its memory", "resume::wake_by_timer", |seams| seams.alarm = Alarm::InMemory),
    fault("answers an upgrade without asking for a place", "limit::max_members", |seams| seams.checks = false),
    fault("does not poll when a question was answered", "outside::broadcast_reaches_all", |seams| {
        seams.polls_answered = false;
    }),
];

fn without_protocol(record: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(record) else { return record.to_owned() };
    if let Some(ours) = json["ours"].as_object_mut() {
        ours.remove("protocol");
    }
    json.to_string()
}

/// An id that differs in its last digit.
fn with_another_id(record: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(record) else { return record.to_owned() };
    if let Some(Value::String(id)) = json.pointer_mut("/ours/id") {
        let last = if id.ends_with('0') { "1" } else { "0" };
        id.replace_range(id.len() - 1.., last);
    }
    json.to_string()
}
