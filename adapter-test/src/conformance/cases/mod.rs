//! The cases, by theme.

mod upgrade;

use super::case::Case;

/// The themes, in the order of the published list.
pub(super) const THEMES: &[&[Case]] = &[upgrade::CASES];
