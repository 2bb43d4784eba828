//! Recordings of the reference's Node server, played again: a stock client sees no difference but those that were meant.
//!
//! Each line of a recording is what a client did or saw. What it did is done here in the same order, and what it sees
//! must be the same to the byte, ids aside, unless the table in [`difference`] says otherwise.

mod difference;
mod ids;
mod recording;
mod replay;

use self::replay::replay;
use crate::conformance::{Kit, case::cases};

cases! { "transcript":
    deny,
    room_bare_void_state,
    room_malformed,
    room_two_clients,
    socket_echo,
}

const DENY: &str = include_str!("../../../transcripts/deny.jsonl");
const ROOM_BARE_VOID_STATE: &str = include_str!("../../../transcripts/room-bare-void-state.jsonl");
const ROOM_MALFORMED: &str = include_str!("../../../transcripts/room-malformed.jsonl");
const ROOM_TWO_CLIENTS: &str = include_str!("../../../transcripts/room-two-clients.jsonl");
const SOCKET_ECHO: &str = include_str!("../../../transcripts/socket-echo.jsonl");

async fn deny(kit: Kit) {
    replay(&kit, DENY).await;
}

async fn room_bare_void_state(kit: Kit) {
    replay(&kit, ROOM_BARE_VOID_STATE).await;
}

async fn room_malformed(kit: Kit) {
    replay(&kit, ROOM_MALFORMED).await;
}

async fn room_two_clients(kit: Kit) {
    replay(&kit, ROOM_TWO_CLIENTS).await;
}

async fn socket_echo(kit: Kit) {
    replay(&kit, SOCKET_ECHO).await;
}
