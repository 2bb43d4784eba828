//! A chat: somebody with a token joins and leaves rooms, over one socket.
//!
//! This library is the [app](app()) and the [site] around it; the program beside it serves both. A test serves the app in
//! memory, where its [`Clock`] stands still.

mod chat;
mod clock;
mod hall;
mod hs256;
mod pace;
mod problem;
pub mod shared;
pub mod site;
mod text;
mod token;

use std::time::Duration;

use irori::App;

use self::{chat::Chat, shared::CHAT};
pub use self::{
    clock::Clock,
    token::{Ticket, Tokens, User},
};

/// Connections at once.
const CONNECTIONS: usize = 1_000;

/// Bytes of a message: the longest text takes 6,000 when each of its characters is escaped. What is longer than this ends
/// the connection with 1009.
const MESSAGE_BYTES: usize = 16 * 1024;

/// The chat, which lets in whoever has a token of these.
pub fn app(tokens: Tokens, clock: Clock) -> App {
    App::new().contract(shared::contract().hash()).socket(CHAT, Chat::new(tokens, clock)).limits(|limits| {
        limits.connections.total = Some(CONNECTIONS);
        limits.message.bytes = MESSAGE_BYTES;
        // An example is stopped and started all day: there are few to say goodbye to.
        limits.close.drain = Duration::from_secs(1);
    })
}
