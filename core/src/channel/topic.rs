use irori_pattern::Segment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::params::Params;

/// What `encodeURIComponent` encodes: all but letters, digits and `- _ . ! ~ * ' ( )`.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The topic of a key (PROTOCOL.md, section 3): a client varies values, never the namespace.
pub(crate) fn topic(segments: &[Segment<'_>], params: &Params) -> String {
    let mut topic = String::new();
    for segment in segments {
        match *segment {
            // No topic contains a space, so that one can stand before it (`RoomKey`).
            Segment::Literal(literal) => push(&mut topic, &literal.replace(' ', "%20")),
            Segment::Param { name, .. } => {
                if let Some(value) = params.value(name).filter(|value| !value.is_empty()) {
                    push(&mut topic, &utf8_percent_encode(value, COMPONENT).to_string());
                }
            }
        }
    }
    topic
}

fn push(topic: &mut String, segment: &str) {
    if !topic.is_empty() {
        topic.push('/');
    }
    topic.push_str(segment);
}

#[cfg(test)]
mod tests {
    use irori_pattern::Pattern;

    use super::*;

    fn of(pattern: &str, values: &[(&str, &str)]) -> String {
        let pattern = Pattern::parse(pattern).unwrap();
        let mut params = Params::new();
        values.iter().for_each(|(name, value)| params.set(name, *value));
        topic(pattern.segments(), &params)
    }

    #[test]
    fn values_are_encoded_as_encode_uri_component_does() {
        assert_eq!(of("board/:id", &[("id", "a-Z_0.!~*'()")]), "board/a-Z_0.!~*'()");
        assert_eq!(of("board/:id", &[("id", "a/b:c é%")]), "board/a%2Fb%3Ac%20%C3%A9%25");
        assert_eq!(of("files/:path*", &[("path", "a/b")]), "files/a%2Fb");
        assert_eq!(of("my room/:id", &[("id", "a b")]), "my%20room/a%20b");
    }

    #[test]
    fn absent_and_empty_segments_leave_no_double_slash() {
        assert_eq!(of("a/:b?/c", &[]), "a/c");
        assert_eq!(of("a/:b?/c", &[("b", "")]), "a/c");
        assert_eq!(of(":b*", &[]), "");
    }
}
