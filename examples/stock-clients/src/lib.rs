//! A room for stock clients, and the page that is one.

use axum::{Router, response::Html, routing::get};
use irori::{App, Channel, RoomRef, handler::define_room_with};

/// Which lobby.
#[derive(Channel, Debug)]
#[channel("lobby/:lobby")]
pub struct Lobby {
    /// What it is called.
    pub lobby: String,
}

/// Texts, among members who show what they are.
pub const TALK: RoomRef<Lobby, String, String, Option<String>> = RoomRef::new("src/lobby", "talk");

/// The room, and at `/` the page.
pub fn router() -> Router {
    let talk =
        define_room_with(TALK, (), async |(), _, _| Ok(()), |(), ()| None).on_message(async |(), member, text| {
            member.broadcast(&text)?;
            Ok(())
        });
    let page = || async { Html(include_str!("../clients/page.html")) };
    irori_axum::routes(App::new().room(TALK, talk)).route("/", get(page))
}
