use irori::ConnectionId;

/// The characters of an id.
const LENGTH: usize = 36;

/// Ids as the recordings have them: `<id1>`, `<id2>` and so on, in the order in which they first appear.
#[derive(Debug, Default)]
pub(super) struct Ids(Vec<ConnectionId>);

impl Ids {
    /// The text with names in place of ids.
    pub(super) fn name(&mut self, text: &str) -> String {
        let mut named = String::new();
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            match rest.get(..LENGTH).and_then(|id| id.parse().ok()) {
                Some(id) => {
                    named += &format!("<id{}>", self.number(id));
                    rest = &rest[LENGTH..];
                }
                None => {
                    named.push(char);
                    rest = &rest[char.len_utf8()..];
                }
            }
        }
        named
    }

    fn number(&mut self, id: ConnectionId) -> usize {
        let known = self.0.iter().position(|known| *known == id);
        let place = known.unwrap_or_else(|| {
            self.0.push(id);
            self.0.len() - 1
        });
        place + 1
    }
}
