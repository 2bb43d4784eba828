//! The envelopes of a room (PROTOCOL.md, section 5): what goes out is written once, straight behind the frame header;
//! what comes in is read in one pass into the handler's own types.

use std::{borrow::Cow, fmt, marker::PhantomData};

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    absent::{Missing, write_present},
    frame::Frame,
};
use crate::id::ConnectionId;

/// What a snapshot takes without its members, and what a member takes without its state.
const SNAPSHOT_BYTES: usize = 80;
const MEMBER_BYTES: usize = 56;

/// What a presence frame takes without its state, or a message without what is said.
const ENVELOPE_BYTES: usize = 100;

/// What a state, or what is said, is expected to take; more than that costs another allocation.
const STATE_BYTES: usize = 28;

/// What a member may send.
#[derive(Debug, PartialEq)]
pub(crate) enum Command<M, S> {
    /// A message, for `on_message`.
    Message(M),
    /// A new presence state, or none any more.
    Presence(Option<S>),
}

/// A member as a snapshot lists it.
pub(crate) struct MemberView<'a> {
    pub(crate) id: ConnectionId,
    pub(crate) state: Option<&'a Bytes>,
}

/// Reads a member's frame.
///
/// # Errors
///
/// Whatever is no command: no JSON, no object, an unknown `t`, a payload of another type.
pub(crate) fn parse<'de, M, S>(bytes: &'de [u8]) -> Result<Command<M, S>, serde_json::Error>
where
    M: Deserialize<'de>,
    S: Deserialize<'de>,
{
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let command = deserializer.deserialize_map(CommandVisitor(PhantomData))?;
    deserializer.end()?;
    Ok(command)
}

/// The joiner's first frame. `members` come in join order and contain the joiner.
pub(crate) fn snapshot<'a>(own: ConnectionId, members: impl ExactSizeIterator<Item = MemberView<'a>>) -> Frame {
    let count = members.len();
    let expected = SNAPSHOT_BYTES + count * (MEMBER_BYTES + STATE_BYTES);
    written(expected, |out| {
        out.extend_from_slice(br#"{"t":"snapshot","self":""#);
        own.write(out);
        out.extend_from_slice(br#"","members":["#);
        for (place, member) in members.enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(br#"{"id":""#);
            member.id.write(out);
            out.push(b'"');
            state(out, member.state);
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
    })
}

/// Somebody came.
pub(crate) fn join(id: ConnectionId, joined: Option<&Bytes>) -> Frame {
    presence(id, "join", joined)
}

/// Somebody's state changed.
pub(crate) fn update(id: ConnectionId, updated: Option<&Bytes>) -> Frame {
    presence(id, "update", updated)
}

/// Somebody left.
pub(crate) fn leave(id: ConnectionId) -> Frame {
    presence(id, "leave", None)
}

/// A message from a member.
pub(crate) fn message<M: Serialize + 'static>(from: ConnectionId, msg: &M) -> Result<Frame, serde_json::Error> {
    Frame::text(ENVELOPE_BYTES + STATE_BYTES, |out| {
        open(out, from, "msg");
        let end = out.len();
        out.extend_from_slice(br#","msg":"#);
        if !write_present(out, msg)? {
            out.truncate(end);
        }
        out.push(b'}');
        Ok(())
    })
}

/// A message from outside any connection: its `from` is the nil UUID.
pub(crate) fn nil_message<M: Serialize + 'static>(msg: &M) -> Result<Frame, serde_json::Error> {
    message(ConnectionId::NIL, msg)
}

fn presence(id: ConnectionId, op: &str, with: Option<&Bytes>) -> Frame {
    written(ENVELOPE_BYTES + with.map_or(0, Bytes::len), |out| {
        open(out, id, "presence");
        out.extend_from_slice(br#","op":""#);
        out.extend_from_slice(op.as_bytes());
        out.push(b'"');
        state(out, with);
        out.push(b'}');
    })
}

fn open(out: &mut Vec<u8>, from: ConnectionId, t: &str) {
    out.extend_from_slice(br#"{"from":""#);
    from.write(out);
    out.extend_from_slice(br#"","t":""#);
    out.extend_from_slice(t.as_bytes());
    out.push(b'"');
}

fn state(out: &mut Vec<u8>, state: Option<&Bytes>) {
    if let Some(json) = state {
        out.extend_from_slice(br#","state":"#);
        out.extend_from_slice(json);
    }
}

fn written(expected: usize, write: impl FnOnce(&mut Vec<u8>)) -> Frame {
    let Ok(frame) = Frame::text(expected, |out| {
        write(out);
        Ok::<_, std::convert::Infallible>(())
    });
    frame
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Message,
    Presence,
}

struct CommandVisitor<M, S>(PhantomData<(M, S)>);

impl<'de, M: Deserialize<'de>, S: Deserialize<'de>> Visitor<'de> for CommandVisitor<M, S> {
    type Value = Command<M, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"an object whose `t` is "msg" or "presence""#)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kind = None;
        let mut msg = Slot::new("msg");
        let mut state = Slot::new("state");
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "t" if kind.is_none() => kind = Some(read_kind::<A::Error>(&map.next_value::<Cow<'de, str>>()?)?),
                "t" => return Err(A::Error::duplicate_field("t")),
                "msg" => msg.read(&mut map, kind == Some(Kind::Message))?,
                "state" => state.read(&mut map, kind == Some(Kind::Presence))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match kind {
            Some(Kind::Message) => msg.value().map(Command::Message).map_err(A::Error::custom),
            Some(Kind::Presence) => state.optional().map(Command::Presence).map_err(A::Error::custom),
            None => Err(A::Error::missing_field("t")),
        }
    }
}

fn read_kind<E: serde::de::Error>(t: &str) -> Result<Kind, E> {
    match t {
        "msg" => Ok(Kind::Message),
        "presence" => Ok(Kind::Presence),
        _ => Err(E::custom("`t` is neither \"msg\" nor \"presence\"")),
    }
}

/// A payload: typed at once when `t` came before it, as every client sends it; kept as it is until `t` is known else.
pub(super) enum Slot<'de, T> {
    Missing(&'static str),
    Typed(T),
    Raw(&'de RawValue),
}

impl<'de, T: Deserialize<'de>> Slot<'de, T> {
    pub(super) fn new(key: &'static str) -> Self {
        Self::Missing(key)
    }

    pub(super) fn read<A: MapAccess<'de>>(&mut self, map: &mut A, typed: bool) -> Result<(), A::Error> {
        if !matches!(self, Self::Missing(_)) {
            return Err(A::Error::custom("a key came twice"));
        }
        *self = if typed { Self::Typed(map.next_value()?) } else { Self::Raw(map.next_value()?) };
        Ok(())
    }

    pub(super) fn value(self) -> Result<T, serde_json::Error> {
        match self {
            Self::Missing(key) => T::deserialize(Missing(key)),
            Self::Typed(value) => Ok(value),
            Self::Raw(raw) => serde_json::from_str(raw.get()),
        }
    }

    pub(super) fn optional(self) -> Result<Option<T>, serde_json::Error> {
        match self {
            Self::Missing(_) => Ok(None),
            present => present.value().map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::Maybe;

    type Any = Command<Value, Value>;

    fn read(text: &str) -> Result<Any, String> {
        parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_is_read_whatever_the_order_of_its_keys() {
        let expected = Ok(Any::Message(json!({"a": [1]})));
        assert_eq!(read(r#"{"t":"msg","msg":{"a":[1]}}"#), expected);
        assert_eq!(read(r#"{"msg":{"a":[1]},"x":{"t":"nope"},"t":"msg"}"#), expected);
        assert_eq!(read(r#"{"t":"presence","state":7}"#), Ok(Any::Presence(Some(json!(7)))));
    }

    #[test]
    fn null_is_not_absent() {
        assert_eq!(read(r#"{"t":"presence"}"#), Ok(Any::Presence(None)));
        assert_eq!(read(r#"{"t":"presence","state":null}"#), Ok(Any::Presence(Some(Value::Null))));
        let bare: Command<Maybe<u8>, ()> = parse(br#"{"t":"msg"}"#).unwrap();
        assert_eq!(bare, Command::Message(Maybe::Absent));
    }

    #[test]
    fn whatever_else_is_an_error() {
        for bad in [
            "",
            "null",
            "5",
            "\"str\"",
            "[]",
            "{}",
            "not json",
            r#"{"t":"nope"}"#,
            r#"{"t":5}"#,
            r#"{"t":"msg"} x"#,
            r#"{"t":"msg","msg":1,"msg":2}"#,
            r#"{"t":"msg","t":"msg"}"#,
            "\u{0}",
        ] {
            let read: Result<Command<u8, u8>, _> = parse(bad.as_bytes());
            assert!(read.is_err(), "{bad}");
        }
        assert!(read(r#"{"t":"msg"}"#).is_err_and(|error| error.contains("missing field `msg`")));
    }

    #[test]
    fn frames_have_the_keys_in_the_order_of_the_protocol() {
        let id = ConnectionId::NIL;
        let nil = "00000000-0000-0000-0000-000000000000";
        let text = |frame: Frame| String::from_utf8(frame.payload().to_vec()).unwrap().replace(nil, "ID");
        let one = Bytes::from_static(b"1");
        let members = [MemberView { id, state: Some(&one) }, MemberView { id, state: None }];
        assert_eq!(
            text(snapshot(id, members.into_iter())),
            r#"{"t":"snapshot","self":"ID","members":[{"id":"ID","state":1},{"id":"ID"}]}"#
        );
        assert_eq!(text(join(id, Some(&one))), r#"{"from":"ID","t":"presence","op":"join","state":1}"#);
        assert_eq!(text(update(id, None)), r#"{"from":"ID","t":"presence","op":"update"}"#);
        assert_eq!(text(leave(id)), r#"{"from":"ID","t":"presence","op":"leave"}"#);
        assert_eq!(text(message(id, &"x").unwrap()), r#"{"from":"ID","t":"msg","msg":"x"}"#);
        assert_eq!(text(message(id, &Maybe::<u8>::Absent).unwrap()), r#"{"from":"ID","t":"msg"}"#);
    }
}
