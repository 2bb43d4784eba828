//! The cases, by theme.

mod channel;
mod client;
mod data;
mod error;
mod guard;
mod heartbeat;
mod lifecycle;
mod limit;
mod message;
mod order;
mod outbox;
mod outside;
mod presence;
mod resume;
mod room;
mod script;
mod shutdown;
mod transcript;
mod upgrade;

use super::case::Case;

/// The themes, in the order of the published list.
pub(super) const THEMES: &[&[Case]] = &[
    upgrade::CASES,
    upgrade::route::CASES,
    upgrade::contract::CASES,
    script::CASES,
    guard::CASES,
    data::CASES,
    lifecycle::events::CASES,
    lifecycle::closing::CASES,
    message::content::CASES,
    message::framing::CASES,
    order::CASES,
    outbox::CASES,
    heartbeat::CASES,
    room::arrival::CASES,
    room::message::CASES,
    room::key::CASES,
    room::frame::CASES,
    room::departure::CASES,
    room::ghost::CASES,
    presence::state::CASES,
    presence::limit::CASES,
    presence::convergence::CASES,
    outside::CASES,
    error::CASES,
    shutdown::CASES,
    resume::memory::CASES,
    resume::room::CASES,
    resume::record::CASES,
    limit::CASES,
    channel::CASES,
    client::connection::CASES,
    client::retry::CASES,
    client::queue::CASES,
    client::room::CASES,
    transcript::CASES,
];
