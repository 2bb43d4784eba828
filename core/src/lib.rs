#![doc = include_str!("../docs/book.md")]

// The way in.
mod address;
mod admission;
pub mod app;
pub mod channel;
mod guard;
mod helper;
pub mod upgrade;

// What users write.
pub mod connection;
pub mod handler;

// Pure machines.
mod outbox;
mod room;
mod session;

// Bytes.
pub mod wire;

// Edges.
mod drive;
mod hub;
mod link;
pub mod transport;

pub mod rt;

mod contain;
pub mod error;
mod id;
pub mod limits;

pub use irori_macros::Channel;

pub use self::{
    address::{RoomRef, SocketRef},
    admission::Admission,
    app::{App, BuiltApp},
    channel::Channel,
    connection::{RoomConnection, SocketConnection},
    drive::drive,
    error::{Error, Failure, Rejection, Result},
    guard::Guard,
    handler::{
        Events, RoomHandler, SocketHandler, WsContext, WsEvents, define_room, define_room_with, define_socket,
        define_socket_with,
    },
    helper::{UpgradeWebSocket, WebSocketHelper, define_websocket_helper},
    id::ConnectionId,
    link::ReadyState,
    upgrade::Upgrade,
    wire::{CloseCode, CloseInfo, Message},
};
