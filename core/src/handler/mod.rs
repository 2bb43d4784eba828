//! What users write: handlers of sockets and rooms, and raw events; and how the rest of the crate calls them.

mod burst;
mod define;
mod events;
mod hook;
mod policy;
mod raw;
mod room;
mod run;
mod socket;
mod unit;

pub(crate) use self::{
    burst::{Beside, DynConnection, Halt},
    raw::{RawUnit, open_raw},
    room::RoomUnit,
    socket::SocketUnit,
    unit::{Opening, Unit, Visit, budgeted},
};
pub use self::{
    define::{
        DefinedRoom, DefinedSocket, PresenceHook, define_room, define_room_with, define_socket, define_socket_with,
    },
    events::Events,
    hook::{DataHook, Hook, TurnHook},
    policy::{Malformed, Policy},
    raw::{Accept, IntoAccept, SendOptions, WsContext, WsEvents},
    room::RoomHandler,
    socket::SocketHandler,
};
