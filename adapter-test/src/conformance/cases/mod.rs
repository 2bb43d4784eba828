//! The cases, by theme.

mod channel;
mod data;
mod error;
mod guard;
mod lifecycle;
mod message;
mod order;
mod upgrade;

use super::case::Case;

/// The themes, in the order of the published list.
pub(super) const THEMES: &[&[Case]] = &[
    upgrade::CASES,
    guard::CASES,
    data::CASES,
    lifecycle::events::CASES,
    lifecycle::closing::CASES,
    message::content::CASES,
    message::framing::CASES,
    order::CASES,
    error::CASES,
    channel::CASES,
];
