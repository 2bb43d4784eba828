//! What a handler holds in its hands: the connection, and handles to it that others may keep.

mod base;
mod handle;
mod member;
mod room;
mod rooms;
mod socket;

pub(crate) use self::base::Base;
pub use self::{
    handle::{Socket, WsSocket},
    member::Member,
    room::RoomConnection,
    rooms::{Delivery, RoomHandle, Rooms},
    socket::SocketConnection,
};
pub use crate::{id::InvalidConnectionId, link::ReadyState};
