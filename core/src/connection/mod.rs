//! What a handler holds in its hands: the connection, and handles to it that others may keep.

mod base;
mod handle;
mod room;
mod rooms;
mod socket;

pub(crate) use self::base::Base;
pub use self::{
    handle::{Socket, WsSocket},
    room::{Member, RoomConnection},
    rooms::{Delivery, RoomHandle, Rooms},
    socket::SocketConnection,
};
pub use crate::{id::InvalidConnectionId, link::ReadyState};
