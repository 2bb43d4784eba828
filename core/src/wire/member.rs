//! The envelopes of a room from a member's side (PROTOCOL.md, section 5): for clients.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::Error;

use super::{absent::write_present, envelope::Slot, message::Text};
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
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let told = deserializer.deserialize_map(ToldVisitor(PhantomData))?;
    deserializer.end()?;
    Ok(told)
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

/// Reads a frame in one pass when `t` comes before the payload, as servers write it.
struct ToldVisitor<M, S>(PhantomData<(M, S)>);

impl<'de, M: Deserialize<'de>, S: Deserialize<'de>> Visitor<'de> for ToldVisitor<M, S> {
    type Value = Told<M, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame of a room, an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Told<M, S>, A::Error> {
        let (mut kind, mut op, mut from, mut own) = (None, None, None, None);
        let (mut msg, mut state, mut members) = (Slot::new("msg"), Slot::new("state"), Slot::new("members"));
        while let Some(key) = map.next_key()? {
            match key {
                Key::T => once(&mut kind, &mut map)?,
                Key::Op => once(&mut op, &mut map)?,
                Key::From => once(&mut from, &mut map)?,
                Key::Own => once(&mut own, &mut map)?,
                Key::Msg => msg.read(&mut map, kind == Some(Kind::Msg))?,
                Key::State => state.read(&mut map, kind == Some(Kind::Presence))?,
                Key::Members => members.read(&mut map, kind == Some(Kind::Snapshot))?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match required(kind, "t")? {
            Kind::Snapshot => {
                let members: Vec<Listed<S>> = members.value().map_err(A::Error::custom)?;
                let members = members.into_iter().map(|Listed(member)| member).collect();
                Ok(Told::Snapshot { own: required(own, "self")?, members })
            }
            Kind::Msg => {
                Ok(Told::Message { from: required(from, "from")?, message: msg.value().map_err(A::Error::custom)? })
            }
            Kind::Presence => {
                let id = required(from, "from")?;
                let member = Member { id, state: state.optional().map_err(A::Error::custom)? };
                match required(op, "op")? {
                    Op::Join => Ok(Told::Join(member)),
                    Op::Update => Ok(Told::Update(member)),
                    Op::Leave => Ok(Told::Leave(id)),
                }
            }
        }
    }
}

/// A member of a snapshot. A state that is `null` is one, unlike one that is absent.
struct Listed<S>(Member<S>);

impl<'de, S: Deserialize<'de>> Deserialize<'de> for Listed<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListedVisitor(PhantomData))
    }
}

struct ListedVisitor<S>(PhantomData<S>);

impl<'de, S: Deserialize<'de>> Visitor<'de> for ListedVisitor<S> {
    type Value = Listed<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member, an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listed<S>, A::Error> {
        let (mut id, mut state) = (None, Slot::new("state"));
        while let Some(key) = map.next_key()? {
            match key {
                ListedKey::Id => once(&mut id, &mut map)?,
                ListedKey::State => state.read(&mut map, true)?,
                ListedKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let state = state.optional().map_err(A::Error::custom)?;
        Ok(Listed(Member { id: required(id, "id")?, state }))
    }
}

/// `null` is as absent.
fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(value: &mut Option<T>, map: &mut A) -> Result<(), A::Error> {
    if value.is_some() {
        return Err(A::Error::custom("a key came twice"));
    }
    *value = map.next_value()?;
    Ok(())
}

fn required<T, E: serde::de::Error>(value: Option<T>, key: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(key))
}

// Identifiers, which are texts and nothing else, and cost no allocation.

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    T,
    Op,
    From,
    #[serde(rename = "self")]
    Own,
    Msg,
    State,
    Members,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum ListedKey {
    Id,
    State,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Kind {
    Snapshot,
    Presence,
    Msg,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Op {
    Join,
    Update,
    Leave,
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
            r#"["presence","ID","leave",null,null]"#,
            r#"{"t":"snapshot","self":"ID","members":[["ID"]]}"#,
            r#"{"t":{"msg":null},"from":"ID"}"#,
            r#"{"t":"msg","t":"msg","from":"ID"}"#,
            r#"{"t":"msg","from":"ID"} {}"#,
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
