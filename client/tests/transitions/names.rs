//! The table calls members by short names, and on our wire they are UUIDs.

use irori_client::ConnectionId;
use serde_json::Value;

/// The id of whom the table calls so.
pub(crate) fn id(name: &str) -> ConnectionId {
    let number = name.bytes().fold(1_u128, |number, byte| number << 8 | u128::from(byte));
    ConnectionId::from_random(number)
}

/// A text with ids where it has names.
pub(crate) fn with_ids(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    for key in ["from", "self"] {
        rename(value.get_mut(key));
    }
    if let Some(members) = value.get_mut("members").and_then(Value::as_array_mut) {
        members.iter_mut().for_each(|member| rename(member.get_mut("id")));
    }
    value.to_string()
}

fn rename(name: Option<&mut Value>) {
    if let Some(Value::String(name)) = name {
        *name = id(name).to_string();
    }
}
