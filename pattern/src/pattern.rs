//! A whole pattern: its segments, and the rules between them.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::advice;
use crate::{PatternError, Segment, Slot};

/// A channel name or a route path, parsed and found to be sound.
///
/// It borrows its text: a pattern that was read from a `&'static str` has `'static` segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern<'a> {
    segments: Vec<Segment<'a>>,
}

impl<'a> Pattern<'a> {
    /// Reads a channel name, such as `board/:board_id`. It has at least one segment, and no slash
    /// at either end.
    ///
    /// # Errors
    ///
    /// The first rule, from left to right, that `text` breaks.
    pub fn parse(text: &'a str) -> Result<Self, PatternError> {
        if text.split('/').all(str::is_empty) {
            return Err(PatternError::Empty);
        }
        if text.split('/').any(str::is_empty) {
            return Err(PatternError::EmptySegment {
                pattern: text.to_string(),
                instead: advice::without_empty_segments(text),
            });
        }
        Self::read(text)
    }

    /// Reads the path of a route or a scope, such as `/board/:board_id`: a slash, then what
    /// [`parse`](Self::parse) reads. `/` alone is allowed and has no segments.
    ///
    /// Two rules come on top, because a path is matched against requests, where a channel name is
    /// only filled in: a rest slot stands at the end, and a segment that other routers read as a
    /// parameter (`{id}`, `<id>`, `*`) is refused.
    ///
    /// # Errors
    ///
    /// The first rule that `text` breaks.
    pub fn parse_path(text: &'a str) -> Result<Self, PatternError> {
        let Some(name) = text.strip_prefix('/') else {
            return Err(PatternError::NoLeadingSlash {
                pattern: text.to_string(),
                instead: format!("/{}", advice::without_empty_segments(text)),
            });
        };
        if name.is_empty() {
            let segments = Vec::new();
            return Ok(Self { segments });
        }
        if name.split('/').any(str::is_empty) {
            return Err(PatternError::EmptySegment {
                pattern: text.to_string(),
                instead: format!("/{}", advice::without_empty_segments(name)),
            });
        }
        let path = Self::read(name)?;
        path.refuse_foreign_params()?;
        path.refuse_rest_before_the_end()?;
        Ok(path)
    }

    /// The segments, in the order of the text. Empty for the path `/` and for nothing else.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// The parameters among the segments: the name, as the wire has it, and the slot of each.
    pub fn slots(&self) -> impl Iterator<Item = (&'a str, Slot)> {
        self.segments.iter().filter_map(|segment| match *segment {
            Segment::Literal(_) => None,
            Segment::Param { name, slot } => Some((name, slot)),
        })
    }

    /// Reads what has no empty segment. Each segment is held against those before it, so that the
    /// first fault is reported.
    fn read(text: &'a str) -> Result<Self, PatternError> {
        let segments = Vec::new();
        let mut pattern = Self { segments };
        for text in text.split('/') {
            let segment = Segment::read(text)?;
            if let Segment::Param { name, slot } = segment {
                pattern.refuse_duplicate(name)?;
                if slot.is_open() {
                    pattern.refuse_second_open_slot(segment)?;
                }
            }
            pattern.segments.push(segment);
        }
        Ok(pattern)
    }

    fn refuse_duplicate(&self, name: &str) -> Result<(), PatternError> {
        if self.slots().any(|(earlier, _)| earlier == name) {
            return Err(PatternError::DuplicateParam { name: name.to_string() });
        }
        Ok(())
    }

    /// With two slots that can be empty or long, one topic could stand for two sets of values.
    fn refuse_second_open_slot(&self, second: Segment<'_>) -> Result<(), PatternError> {
        let is_open = |segment: &&Segment<'_>| segment.slot().is_some_and(Slot::is_open);
        match self.segments.iter().find(is_open) {
            None => Ok(()),
            Some(first) => Err(PatternError::SecondOpenSlot { first: first.to_string(), second: second.to_string() }),
        }
    }

    fn refuse_foreign_params(&self) -> Result<(), PatternError> {
        for segment in &self.segments {
            if let Segment::Literal(text) = segment
                && text.starts_with(['{', '<', '*'])
            {
                return Err(PatternError::ForeignParam {
                    segment: text.to_string(),
                    instead: advice::for_foreign_param(text),
                });
            }
        }
        Ok(())
    }

    fn refuse_rest_before_the_end(&self) -> Result<(), PatternError> {
        let Some((_, before_the_end)) = self.segments.split_last() else {
            return Ok(());
        };
        let takes_rest = |segment: &&Segment<'_>| segment.slot().is_some_and(Slot::takes_rest);
        match before_the_end.iter().find(takes_rest) {
            None => Ok(()),
            Some(segment) => Err(PatternError::RestNotLast { segment: segment.to_string() }),
        }
    }
}
