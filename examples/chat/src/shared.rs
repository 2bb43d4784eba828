//! What the server and its clients share: types and an address, no behaviour.
//!
//! Messages are checked by [`garde`], because it checks enums, and `validator` checks structs only.

use std::collections::BTreeSet;

use garde::Validate;
use irori::SocketRef;
use irori_contract::Contract;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::text::visible;

/// The chat: one socket, however many rooms are joined over it.
pub const CHAT: SocketRef<ClientSays, ServerSays> = SocketRef::new("src/chat", "chat");

/// What the page and the server agree on, in `page/contract.js`.
pub fn contract() -> Contract {
    Contract::new().client("/__sockets/client.js").socket("CHAT", CHAT)
}

/// The subprotocol of the chat. Who brings a token as a subprotocol offers this one too, and it is the one picked.
pub const PROTOCOL: &str = "chat";

/// The close code for who is banned: an app's own (4000 to 4999), after HTTP's 429.
pub const BANNED: u16 = 4429;

/// The close code for who has as many connections as one may have: an app's own too.
pub const CROWDED: u16 = 4430;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ClientSays {
    /// A number of the client's own, by which an error says what it answers; but one about what is malformed, which was not
    /// read that far, has none, nor has that of a ban.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u32>,
    /// What is asked for.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What a client asks for, in a room of 1 to 64 characters: `a-z`, `0-9`, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, Validate)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ask {
    /// To hear what is said in a room, and to be listed there.
    Join {
        /// The room.
        #[garde(custom(room_name))]
        room: String,
    },
    /// To hear no more of it.
    Leave {
        /// The room.
        #[garde(custom(room_name))]
        room: String,
    },
    /// To be heard in a room that was joined.
    Say {
        /// The room.
        #[garde(custom(room_name))]
        room: String,
        /// 1 to 500 characters, at least one of which can be seen; no control character but newlines and tabs.
        #[garde(length(chars, max = 500), custom(visible))]
        text: String,
    },
    /// Who is in a room that was joined.
    Who {
        /// The room.
        #[garde(custom(room_name))]
        room: String,
    },
}

/// What the server says. Users are told by their names, in alphabetical order, each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerSays {
    /// You joined a room.
    Joined {
        /// The room.
        room: String,
        /// Who is there, you included.
        users: BTreeSet<String>,
    },
    /// You left a room.
    Left {
        /// The room.
        room: String,
    },
    /// Somebody said something; all who are there hear it, the speaker included.
    Said {
        /// The room.
        room: String,
        /// Who said it.
        from: String,
        /// The words.
        text: String,
        /// When, in milliseconds since the Unix epoch.
        at: u64,
        /// Counts what was said since the server started.
        id: u64,
    },
    /// The answer to `who`.
    Users {
        /// The room.
        room: String,
        /// Who is there, you included.
        users: BTreeSet<String>,
    },
    /// Somebody came who was not there before.
    UserJoined {
        /// The room.
        room: String,
        /// Who came.
        user: String,
    },
    /// Somebody is not there any more, over no connection.
    UserLeft {
        /// The room.
        room: String,
        /// Who went.
        user: String,
    },
    /// What you asked for was not done.
    Error {
        /// The number that came with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u32>,
        /// Why not.
        #[serde(flatten)]
        problem: Problem,
    },
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// Why, for programs.
    pub code: Code,
    /// Why, for people.
    pub message: String,
    /// Seconds after which it may be asked for again, where waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// Why something was not done, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No JSON, or none that a message is made of.
    Malformed,
    /// A text or a room's name is not as it must be.
    Invalid,
    /// The room must be joined first.
    NotInRoom,
    /// The connection is in as many rooms as it may be, or there are as many as there may be.
    TooManyRooms,
    /// As many users are in the room as may be.
    RoomFull,
    /// Too many messages. After a few of these comes a ban, unless they were joins.
    TooFast,
    /// Nothing is taken from this user for a while: each connection is closed with [`BANNED`], and a new one denied with it.
    Banned,
}

/// Plain, so that there is one way to spell a room.
fn room_name(room: &str, (): &()) -> garde::Result {
    let is_plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    if (1..=64).contains(&room.len()) && room.bytes().all(is_plain) {
        return Ok(());
    }
    Err(garde::Error::new("a room has 1 to 64 characters: a-z, 0-9, - and _"))
}
