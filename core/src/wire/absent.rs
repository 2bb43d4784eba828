//! JavaScript tells `undefined` from `null`; on this wire a key that is absent is the former (PROTOCOL.md, section 5).

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    ser::{self, Impossible},
};

/// The name under which [`Maybe::Absent`] is known to [`is_absent`]. Any other serializer sees a plain unit struct.
const ABSENT: &str = "irori::Absent";

/// A message or state that may be missing, apart from being `null`.
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
            Self::Absent => serializer.serialize_unit_struct(ABSENT),
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

/// Whether a value stands for a key that is not there: `()` itself and [`Maybe::Absent`].
pub(crate) fn is_absent<T: Serialize + 'static>(value: &T) -> bool {
    std::any::TypeId::of::<T>() == std::any::TypeId::of::<()>() || value.serialize(Probe).is_ok()
}

/// A serializer that takes [`Maybe::Absent`] and refuses all else at the first call.
struct Probe;

#[derive(Debug)]
struct Present;

impl std::fmt::Display for Present {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is a value")
    }
}

impl std::error::Error for Present {}

impl ser::Error for Present {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! refuse {
    ($($name:ident($($arg:ty),*);)*) => {
        $(fn $name(self, $(_: $arg),*) -> Result<(), Present> { Err(Present) })*
    };
}

macro_rules! refuse_compound {
    ($($name:ident($($arg:ty),*) -> $kind:ident;)*) => {
        $(fn $name(self, $(_: $arg),*) -> Result<Self::$kind, Present> { Err(Present) })*
    };
}

impl Serializer for Probe {
    type Ok = ();
    type Error = Present;
    type SerializeSeq = Impossible<(), Present>;
    type SerializeTuple = Impossible<(), Present>;
    type SerializeTupleStruct = Impossible<(), Present>;
    type SerializeTupleVariant = Impossible<(), Present>;
    type SerializeMap = Impossible<(), Present>;
    type SerializeStruct = Impossible<(), Present>;
    type SerializeStructVariant = Impossible<(), Present>;

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), Present> {
        if name == ABSENT { Ok(()) } else { Err(Present) }
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Present> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Present> {
        Err(Present)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Present> {
        Err(Present)
    }

    refuse! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    refuse_compound! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unit_and_absent_are_absent() {
        assert!(is_absent(&()));
        assert!(is_absent(&Maybe::<u8>::Absent));
        assert!(!is_absent(&Maybe::Present(())));
        assert!(!is_absent(&None::<u8>));
        assert!(!is_absent(&serde_json::Value::Null));
        assert!(!is_absent(&[1, 2]));
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
