use irori::{
    Channel,
    channel::{Segment, Slot},
};

/// A key in TypeScript: its params by name, each a text, since that is what they are on the wire. Nothing when the channel
/// has none.
pub(crate) fn object<Key: Channel>() -> Option<String> {
    let slots: Vec<_> = Key::SEGMENTS.iter().filter_map(member).collect();
    if slots.is_empty() { None } else { Some(format!("{{ {} }}", slots.join(", "))) }
}

fn member(segment: &Segment<'_>) -> Option<String> {
    match *segment {
        Segment::Literal(_) => None,
        Segment::Param { name, slot: Slot::Required | Slot::RestNonEmpty } => Some(format!("{name}: string")),
        Segment::Param { name, slot: Slot::Optional | Slot::Rest } => Some(format!("{name}?: string")),
    }
}
