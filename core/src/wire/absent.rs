//! JavaScript tells `undefined` from `null`; on this wire a key that is absent is the former (PROTOCOL.md, section 5).

use std::any::TypeId;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};

/// What serialising [`Maybe::Absent`] fails with, and the name under which it asks to be read.
const ABSENT: &str = "absent, which only a whole message or state can be";

/// A message or state that may be missing, apart from being `null`. Complete: it is there, or it is not.
///
/// Most types need neither: `()` is a state that is never there, `Option` one that is `null` when it is `None`. This is
/// for handlers that pass on what others sent, exactly as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Maybe<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there, with this value.
    Present(T),
}

impl<T: Serialize> Serialize for Maybe<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => Err(S::Error::custom(ABSENT)),
            Self::Present(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ABSENT, MaybeVisitor(std::marker::PhantomData))
    }
}

struct MaybeVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for MaybeVisitor<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value, or nothing")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Maybe<T>, D::Error> {
        T::deserialize(deserializer).map(Maybe::Present)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe::Absent)
    }
}

/// The deserializer of a key that is not there: `()`, `Option` and [`Maybe`] can be read from it, nothing else.
pub(super) struct Missing(pub(super) &'static str);

impl<'de> Deserializer<'de> for Missing {
    type Error = serde_json::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::missing_field(self.0))
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if name == ABSENT { visitor.visit_unit() } else { visitor.visit_newtype_struct(self) }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// Writes a value behind what is in `out`; `false` when it stands for a key that is not there, and nothing is written:
/// `()` itself and [`Maybe::Absent`].
pub(crate) fn write_present<T: Serialize + 'static>(out: &mut Vec<u8>, value: &T) -> Result<bool, serde_json::Error> {
    if TypeId::of::<T>() == TypeId::of::<()>() {
        return Ok(false);
    }
    let start = out.len();
    match serde_json::to_writer(&mut *out, value) {
        Ok(()) => Ok(true),
        // Absent inside of something else is an error like any other.
        Err(error) if out.len() == start && error.to_string() == ABSENT => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize + 'static>(value: &T) -> Result<Option<String>, String> {
        let mut out = Vec::new();
        let present = write_present(&mut out, value).map_err(|error| error.to_string())?;
        Ok(present.then(|| String::from_utf8(out).unwrap()))
    }

    #[test]
    fn only_unit_and_absent_are_absent() {
        assert_eq!(written(&()), Ok(None));
        assert_eq!(written(&Maybe::<u8>::Absent), Ok(None));
        assert_eq!(written(&Maybe::Present(())), Ok(Some("null".into())));
        assert_eq!(written(&None::<u8>), Ok(Some("null".into())));
        assert_eq!(written(&serde_json::Value::Null), Ok(Some("null".into())));
        assert_eq!(written(&[1, 2]), Ok(Some("[1,2]".into())));
        assert_eq!(written(&[Maybe::<u8>::Absent]), Err(ABSENT.into()));
    }

    #[test]
    fn a_present_null_stays() {
        let read: Maybe<Option<u8>> = serde_json::from_str("null").unwrap();
        assert_eq!(read, Maybe::Present(None));
        assert_eq!(serde_json::to_string(&read).unwrap(), "null");
    }

    #[test]
    fn what_may_be_missing_reads_from_nothing() {
        assert_eq!(Maybe::<u8>::deserialize(Missing("msg")).unwrap(), Maybe::Absent);
        assert_eq!(Option::<u8>::deserialize(Missing("msg")).unwrap(), None);
        assert!(<()>::deserialize(Missing("msg")).is_ok());
        let error = u8::deserialize(Missing("msg")).unwrap_err();
        assert_eq!(error.to_string(), "missing field `msg`");
    }
}
