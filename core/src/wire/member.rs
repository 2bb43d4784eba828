//! The envelopes of a room from a member's side (PROTOCOL.md, section 5): for clients.

use serde::{Deserialize, Serialize};
use serde_json::{Error, value::RawValue};

use super::{
    absent::{Missing, write_present},
    message::Text,
};
use crate::{connection::Member, id::ConnectionId};

/// What a room tells a member. Complete: the wire has no other frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Told<Message, State> {
    /// The first frame: who is there, in join order, the member itself included.
    Snapshot {
        /// The member's own id.
        own: ConnectionId,
        /// Who is there.
        members: Vec<Member<State>>,
    },
    /// Somebody came.
    Join(Member<State>),
    /// Somebody shows something else.
    Update(Member<State>),
    /// Somebody left.
    Leave(ConnectionId),
    /// Somebody said something.
    Message {
        /// Who: the member itself when the server answers it, [`ConnectionId::NIL`] when it came from outside any
        /// connection.
        from: ConnectionId,
        /// What.
        message: Message,
    },
}

/// Reads a frame of a room.
///
/// # Errors
///
/// Whatever is no such frame: no JSON, no object, an unknown `t` or `op`, a payload of another type.
pub fn read<'de, M: Deserialize<'de>, S: Deserialize<'de>>(text: &'de str) -> Result<Told<M, S>, Error> {
    let frame: Frame<'de> = serde_json::from_str(text)?;
    match frame.t {
        Kind::Snapshot => Ok(Told::Snapshot {
            own: required(frame.own, "self")?,
            members: required(frame.members, "members")?.into_iter().map(RawMember::typed).collect::<Result<_, _>>()?,
        }),
        Kind::Msg => Ok(Told::Message {
            from: required(frame.from, "from")?,
            message: match frame.msg {
                Some(msg) => serde_json::from_str(msg.get())?,
                None => M::deserialize(Missing("msg"))?,
            },
        }),
        Kind::Presence => {
            let member = RawMember { id: required(frame.from, "from")?, state: frame.state };
            match required(frame.op, "op")? {
                Op::Join => member.typed().map(Told::Join),
                Op::Update => member.typed().map(Told::Update),
                Op::Leave => Ok(Told::Leave(member.id)),
            }
        }
    }
}

/// A message to a room. Its `msg` is absent when it is `()` or [`Maybe::Absent`](super::Maybe::Absent).
///
/// # Errors
///
/// When it cannot be written as JSON.
pub fn say<M: Serialize + 'static>(message: &M) -> Result<Text, Error> {
    written("msg", "msg", message)
}

/// What a member shows, to a room. Its `state` is absent when it is `()`.
///
/// # Errors
///
/// When it cannot be written as JSON.
pub fn show<S: Serialize + 'static>(state: &S) -> Result<Text, Error> {
    written("presence", "state", state)
}

fn written<T: Serialize + 'static>(t: &str, key: &str, value: &T) -> Result<Text, Error> {
    let mut out = format!(r#"{{"t":"{t}","{key}":"#).into_bytes();
    if !write_present(&mut out, value)? {
        out.truncate(out.len() - key.len() - 4); // with its comma, quotes and colon
    }
    out.push(b'}');
    // JSON of `serde_json` is UTF-8.
    Text::from_utf8(out.into()).ok_or_else(|| serde::ser::Error::custom("no UTF-8"))
}

fn required<T>(value: Option<T>, key: &'static str) -> Result<T, Error> {
    value.ok_or_else(|| serde::de::Error::missing_field(key))
}

/// Any frame; payloads stay as they came until the kind is known, whatever the order of keys.
#[derive(Deserialize)]
struct Frame<'a> {
    t: Kind,
    from: Option<ConnectionId>,
    op: Option<Op>,
    #[serde(rename = "self")]
    own: Option<ConnectionId>,
    #[serde(borrow)]
    members: Option<Vec<RawMember<'a>>>,
    #[serde(borrow, default, deserialize_with = "present")]
    state: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    msg: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Snapshot,
    Presence,
    Msg,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Op {
    Join,
    Update,
    Leave,
}

#[derive(Deserialize)]
struct RawMember<'a> {
    id: ConnectionId,
    #[serde(borrow, default, deserialize_with = "present")]
    state: Option<&'a RawValue>,
}

impl<'a> RawMember<'a> {
    fn typed<S: Deserialize<'a>>(self) -> Result<Member<S>, Error> {
        let state = self.state.map(|state| serde_json::from_str(state.get())).transpose()?;
        Ok(Member { id: self.id, state })
    }
}

/// A value that is there, `null` too.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::wire::Maybe;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn told(text: &str) -> Result<Told<Maybe<u8>, Option<u8>>, Error> {
        read(&text.replace("ID", ID))
    }

    #[test]
    fn a_frame_is_read_whatever_the_order_of_its_keys() {
        let id: ConnectionId = ID.parse().unwrap();
        let member = |state| Member { id, state };
        let snapshot =
            Told::Snapshot { own: id, members: vec![member(Some(Some(1))), member(None), member(Some(None))] };
        let members = r#"[{"state":1,"id":"ID"},{"id":"ID"},{"id":"ID","state":null}]"#;
        assert_eq!(told(&format!(r#"{{"members":{members},"t":"snapshot","self":"ID"}}"#)).unwrap(), snapshot);
        assert_eq!(told(r#"{"from":"ID","t":"presence","op":"join"}"#).unwrap(), Told::Join(member(None)));
        assert_eq!(
            told(r#"{"from":"ID","t":"presence","op":"update","state":2}"#).unwrap(),
            Told::Update(member(Some(Some(2))))
        );
        assert_eq!(told(r#"{"from":"ID","t":"presence","op":"leave"}"#).unwrap(), Told::Leave(id));
        let said = Told::Message { from: id, message: Maybe::Absent };
        assert_eq!(told(r#"{"new":[{}],"from":"ID","t":"msg"}"#).unwrap(), said);
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        for bad in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"t":"nope"}"#,
            r#"{"t":"msg","msg":1}"#,
            r#"{"t":"msg","from":"x","msg":1}"#,
            r#"{"t":"msg","from":"ID","msg":"no number"}"#,
            r#"{"t":"snapshot","self":"ID"}"#,
            r#"{"t":"presence","from":"ID"}"#,
            r#"{"t":"presence","from":"ID","op":"dance"}"#,
        ] {
            assert!(told(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_member_sends_is_what_the_room_reads() {
        assert_eq!(&*say(&"x").unwrap(), r#"{"t":"msg","msg":"x"}"#);
        assert_eq!(&*say(&()).unwrap(), r#"{"t":"msg"}"#);
        assert_eq!(&*show(&Value::Null).unwrap(), r#"{"t":"presence","state":null}"#);
        assert_eq!(&*show(&()).unwrap(), r#"{"t":"presence"}"#);
    }
}
