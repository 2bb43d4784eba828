//! Handlers as closures, for small things: the address says the types, a state is shared with every closure.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    hook::{DataHook, HookSlot, data_slot},
    policy::Policy,
};
use crate::{
    address::{RoomRef, SocketRef},
    channel::Channel,
    error::{Rejection, Result},
    rt::{MaybeSend, MaybeSync},
    upgrade::Upgrade,
};

mod room;
mod socket;

pub use self::{
    room::{DefinedRoom, PresenceHook},
    socket::DefinedSocket,
};

/// A socket handler made of closures, whose connections have no data.
///
/// ```
/// use irori::{App, SocketRef, define_socket};
///
/// pub const SHOUT: SocketRef<String, String> = SocketRef::new("src/shout", "shout");
///
/// let shout = define_socket(SHOUT, "!").on_message(async |mark, socket, message| {
///     socket.send(&format!("{message}{mark}"))?;
///     Ok(())
/// });
/// let app = App::new().socket(SHOUT, shout);
/// # app.build().unwrap();
/// ```
pub fn define_socket<S, In, Out, K>(at: SocketRef<In, Out, K>, state: S) -> DefinedSocket<S, In, Out, K>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
{
    define_socket_with(at, state, no_data)
}

/// A socket handler made of closures, whose connections have the data that `data` makes.
pub fn define_socket_with<S, In, Out, K, D, F>(
    _: SocketRef<In, Out, K>,
    state: S,
    data: F,
) -> DefinedSocket<S, In, Out, K, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
    F: AsyncFn(&S, &Upgrade, &K) -> Result<D, Rejection> + for<'a> DataHook<'a, S, K, D>,
{
    DefinedSocket {
        state,
        data: data_slot(data),
        open: HookSlot::EMPTY,
        message: HookSlot::EMPTY,
        close: HookSlot::EMPTY,
        error: None,
        policy: Policy::new(),
    }
}

/// A room handler made of closures, whose members show nothing and have no data.
///
/// ```
/// # use irori::{App, Channel, RoomRef, define_room};
/// # #[derive(Channel)] #[channel("board/:board_id")] pub struct Board { pub board_id: String }
/// pub const TALK: RoomRef<Board, String, String, ()> = RoomRef::new("src/talk", "talk");
///
/// let talk = define_room(TALK, ()).on_message(async |(), member, text| {
///     member.broadcast(&text)?;
///     Ok(())
/// });
/// let app = App::new().room(TALK, talk);
/// # app.build().unwrap();
/// ```
pub fn define_room<S, K, In, Out>(at: RoomRef<K, In, Out, ()>, state: S) -> DefinedRoom<S, K, In, Out, ()>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
{
    define_room_with(at, state, no_data, |_, _| ())
}

/// A room handler made of closures: `data` makes a member's data, `presence` what it shows at first.
pub fn define_room_with<S, K, In, Out, P, D, F>(
    _: RoomRef<K, In, Out, P>,
    state: S,
    data: F,
    presence: fn(&S, &D) -> P,
) -> DefinedRoom<S, K, In, Out, P, D>
where
    S: MaybeSend + MaybeSync + 'static,
    K: Channel,
    In: DeserializeOwned + MaybeSend + 'static,
    Out: Serialize + 'static,
    P: Serialize + DeserializeOwned + MaybeSend + 'static,
    D: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static,
    F: AsyncFn(&S, &Upgrade, &K) -> Result<D, Rejection> + for<'a> DataHook<'a, S, K, D>,
{
    DefinedRoom {
        state,
        data: data_slot(data),
        presence,
        join: HookSlot::EMPTY,
        message: HookSlot::EMPTY,
        leave: HookSlot::EMPTY,
        wanted: None,
        error: None,
        policy: Policy::new(),
    }
}

async fn no_data<S, K>(_: &S, _: &Upgrade, _: &K) -> Result<(), Rejection> {
    Ok(())
}
