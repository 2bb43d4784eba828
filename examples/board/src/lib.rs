//! A board where everyone sees the cursors of the others, with a chat beside it.
//!
//! This library is the app. It names no host: the program beside it serves it, and so does a test in memory.

mod chat;
mod cursors;
mod guard;
pub mod page;
pub mod shared;
mod user;

use std::time::Duration;

use irori::App;

pub use self::user::User;
use self::{
    chat::Chat,
    cursors::Cursors,
    guard::signed_in,
    shared::{CHAT, CURSORS},
};

/// The board. `clock` tells the wall time in milliseconds since the Unix epoch.
pub fn app(clock: fn() -> u64) -> App {
    App::new()
        .guard(signed_in)
        .room(CURSORS, Cursors)
        .socket(CHAT, Chat::new(clock))
        // An example is stopped and started all day: there are few to say goodbye to.
        .limits(|limits| limits.close.drain = Duration::from_secs(1))
}
