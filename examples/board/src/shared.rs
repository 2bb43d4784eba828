//! What the server and its clients share: types and addresses, no behaviour.

use std::collections::VecDeque;

use irori::{Channel, RoomRef};
use irori_contract::Contract;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::user::User;

/// The room of the cursors on one board.
pub const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer> = RoomRef::new("src/board", "cursors");

/// The chat beside one board.
pub const CHAT: RoomRef<Board, ClientSays, ServerSays, Talker> = RoomRef::new("src/chat", "chat");

/// What the page and the server agree on, in `page/contract.js`.
pub fn contract() -> Contract {
    Contract::new().client("/__sockets/client.js").room("CURSORS", CURSORS).room("CHAT", CHAT)
}

/// Which board.
#[derive(Channel, Clone, Debug, PartialEq, Eq)]
#[channel("board/:board_id")]
pub struct Board {
    /// Its name.
    pub board_id: String,
}

/// A moving cursor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Cursor {
    /// From the left edge.
    pub x: Fraction,
    /// From the top edge.
    pub y: Fraction,
}

/// What a member shows: who it is, and where its cursor rests. A cursor that is not on the board has no place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Pointer {
    /// The member's name.
    pub name: String,
    /// The member's colour, in degrees.
    pub hue: u16,
    /// From the left edge.
    pub x: Option<Fraction>,
    /// From the top edge.
    pub y: Option<Fraction>,
}

/// A part of the board's width or height: 0 to 1. No other number can be read as one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(try_from = "f64")]
pub struct Fraction(f64);

impl TryFrom<f64> for Fraction {
    type Error = &'static str;

    fn try_from(part: f64) -> Result<Self, Self::Error> {
        if (0.0..=1.0).contains(&part) { Ok(Self(part)) } else { Err("a fraction is 0 to 1") }
    }
}

/// What is said to the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientSays {
    /// The words.
    pub text: String,
}

/// What the chat says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerSays {
    /// Somebody said something.
    Said(Line),
    /// What you said was not passed on.
    Refused {
        /// The reason, for people.
        why: String,
    },
}

/// A line of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Line {
    /// The words.
    pub text: String,
    /// When, in milliseconds since the Unix epoch.
    pub at: u64,
}

/// What a member of the chat shows: who it is, and what it said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Talker {
    /// Who it is.
    pub user: User,
    /// The oldest first.
    #[ts(as = "Vec<Line>")]
    pub lines: VecDeque<Line>,
}
