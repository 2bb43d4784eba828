use std::{fmt, str::FromStr};

use irori_pattern::{Segment, Slot};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Map, Value};

/// Key params: names as the wire has them, values as text, in the order of the pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(Box<str>, String)>);

impl Params {
    /// No params.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a param.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Sets a param.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| &**known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.into(), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| &**known != name);
    }

    /// All params, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// The value of a slot that must be filled.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when it is missing, or is no `T`.
    pub fn required<T: FromStr>(&self, name: &'static str) -> Result<T, KeyError> {
        self.optional(name)?.ok_or(KeyError { param: name, problem: Problem::Missing })
    }

    /// The value of a slot that may be absent.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when it is there and is no `T`.
    pub fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, KeyError> {
        self.value(name).map(T::from_str).transpose().map_err(|_| KeyError::unreadable(name))
    }

    /// Reads `r`, by the rules of PROTOCOL.md, section 3: undeclared keys are dropped unseen, a declared one must be
    /// text, a required one must be there and not empty.
    pub(crate) fn read(json: &str, segments: &'static [Segment<'static>]) -> Result<Self, KeyError> {
        let given = match json {
            "" => Map::new(),
            json => serde_json::from_str(json).map_err(|_| KeyError { param: "r", problem: Problem::NoObject })?,
        };
        let mut params = Self::new();
        for segment in segments {
            let Segment::Param { name, .. } = *segment else { continue };
            match given.get(name) {
                Some(Value::String(value)) => params.set(name, value),
                Some(_) => return Err(KeyError { param: name, problem: Problem::NoText }),
                None => {}
            }
        }
        params.check_filled(segments)?;
        Ok(params)
    }

    /// Whether every slot that must be filled is: of what came, and again of what the key's types made of it, since two
    /// keys with empty slots could be one topic.
    pub(crate) fn check_filled(&self, segments: &'static [Segment<'static>]) -> Result<(), KeyError> {
        for segment in segments {
            if let Segment::Param { name, slot: Slot::Required | Slot::RestNonEmpty } = *segment
                && self.value(name).is_none_or(str::is_empty)
            {
                return Err(KeyError { param: name, problem: Problem::Missing });
            }
        }
        Ok(())
    }

    /// The params as a JSON object: the `r` of a request, before it is percent-encoded.
    pub fn to_json(&self) -> String {
        // Text keys and text values: there is nothing in it that JSON could not say.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A JSON object.
impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A JSON object of texts.
impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParamsVisitor;

        impl<'de> Visitor<'de> for ParamsVisitor {
            type Value = Params;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
                let mut params = Params::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    params.set(&name, value);
                }
                Ok(params)
            }
        }

        deserializer.deserialize_map(ParamsVisitor)
    }
}

/// Params that spell no key of the channel. The connection is denied with 4403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError {
    param: &'static str,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    NoObject,
    NoText,
    Missing,
    Unreadable,
    TooLong,
}

impl KeyError {
    pub(crate) const TOO_LONG: Self = Self { param: "r", problem: Problem::TooLong };

    /// The value of a param is not of its type: for channels that are written by hand.
    pub const fn unreadable(param: &'static str) -> Self {
        Self { param, problem: Problem::Unreadable }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::NoObject => "is no JSON object",
            Problem::NoText => "is no text",
            Problem::Missing => "is missing or empty",
            Problem::Unreadable => "is not of its type",
            Problem::TooLong => "is too long",
        };
        write!(f, "key param `{}` {problem}", self.param)
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENTS: &[Segment<'static>] = &[
        Segment::Literal("files"),
        Segment::Param { name: "id", slot: Slot::Required },
        Segment::Param { name: "path", slot: Slot::Rest },
    ];

    #[test]
    fn only_declared_text_is_read() {
        let read = |json| Params::read(json, SEGMENTS).map(|params| serde_json::to_string(&params).unwrap());
        assert_eq!(read(r#"{"x":[1],"path":"a/b","id":"1"}"#).unwrap(), r#"{"id":"1","path":"a/b"}"#);
        assert_eq!(read(r#"{"id":"1","path":""}"#).unwrap(), r#"{"id":"1","path":""}"#);
        assert_eq!(read(r#"{"id":"1"}"#).unwrap(), r#"{"id":"1"}"#);
        for bad in
            ["", "{}", "[]", "null", "nope", r#"{"id":""}"#, r#"{"id":1}"#, r#"{"id":null}"#, r#"{"id":"1","path":2}"#]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(Params::read("", &[]).is_ok());
        assert!(Params::read("[]", &[]).is_err());
    }
}
