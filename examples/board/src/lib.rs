//! A board where everyone sees the cursors of the others, with a chat beside it.
//!
//! This library is the app, and the [site] around it. It names no host: the program beside it serves both, and so can a
//! Worker; a test serves the app in memory.

mod chat;
mod cursors;
mod guard;
mod page;
pub mod shared;
pub mod site;
mod user;

use std::time::Duration;

use irori::App;

pub use self::user::User;
use self::{
    chat::{Chat, TALKER_BYTES},
    cursors::Cursors,
    guard::signed_in,
    shared::{CHAT, CURSORS},
};

/// Members of one room: what all of them show makes a snapshot of 600 KiB at the most.
const MEMBERS: usize = 200;

/// The board. `clock` tells the wall time in milliseconds since the Unix epoch.
pub fn app(clock: fn() -> u64) -> App {
    let app = App::new().contract(shared::contract().hash()).guard(signed_in);
    app.room(CURSORS, Cursors).room(CHAT, Chat::new(clock)).limits(|limits| {
        limits.room.members = MEMBERS;
        limits.presence.bytes = TALKER_BYTES;
        // An example is stopped and started all day: there are few to say goodbye to.
        limits.close.drain = Duration::from_secs(1);
    })
}
