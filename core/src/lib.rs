#![doc = include_str!("../docs/book.md")]
#![cfg_attr(
    target_family = "wasm",
    allow(
        clippy::arc_with_non_send_sync,
        reason = "what is shared is `Send` where there are threads, see `rt::MaybeSend`"
    )
)]

// The way in.
mod address;
mod admission;
pub mod app;
pub mod channel;
mod guard;
pub mod helper;
pub mod upgrade;

// What users write.
pub mod connection;
pub mod handler;

// Pure machines.
mod outbox;
mod room;
mod seat;
mod session;

// Bytes.
pub mod wire;

// Edges.
mod drive;
mod elsewhere;
mod hub;
mod link;
mod resume;
pub mod transport;

pub mod rt;

mod contain;
pub mod error;
mod id;
pub mod limits;

pub use irori_macros::Channel;

#[doc(inline)]
pub use self::{
    address::{RoomRef, SocketRef},
    app::{App, BuiltApp},
    channel::Channel,
    connection::{RoomConnection, SocketConnection},
    error::{Error, Rejection, Result},
    handler::{Events, RoomHandler, SocketHandler, WsContext, WsEvents, define_room, define_socket},
    helper::{WebSocketHelper, define_websocket_helper},
    id::ConnectionId,
    upgrade::Upgrade,
    wire::{CloseCode, CloseInfo, Message},
};
