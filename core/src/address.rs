//! Addresses: what server and client share. Types and names, no behaviour.

use std::{fmt, marker::PhantomData};

use crate::channel::NoKey;

/// The address of a socket: which module and name, and what is said there.
///
/// ```
/// # #[derive(serde::Serialize, serde::Deserialize)] pub struct ClientSays { text: String }
/// # #[derive(serde::Serialize, serde::Deserialize)] pub struct ServerSays { text: String }
/// use irori::SocketRef;
///
/// pub const CHAT: SocketRef<ClientSays, ServerSays> = SocketRef::new("src/chat", "chat");
/// ```
pub struct SocketRef<In, Out, Key = NoKey> {
    name: Name,
    types: PhantomData<fn(In, Key) -> Out>,
}

/// The address of a room: which module and name, what it is about, what is said there, what its members show.
///
/// ```
/// # use irori::Channel;
/// # #[derive(serde::Serialize, serde::Deserialize)] pub struct Cursor { x: f32 }
/// # #[derive(serde::Serialize, serde::Deserialize)] pub struct Pointer { name: String }
/// # #[derive(Channel)] #[channel("board/:board_id")] pub struct Board { pub board_id: String }
/// use irori::RoomRef;
///
/// pub const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer> = RoomRef::new("src/board", "cursors");
/// ```
pub struct RoomRef<Key, In, Out, State> {
    name: Name,
    types: PhantomData<fn(In, Key, State) -> Out>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Name {
    module: &'static str,
    name: &'static str,
}

impl Name {
    const fn new(module: &'static str, name: &'static str) -> Self {
        assert!(!module.is_empty(), "the module of an address is not empty");
        assert!(!name.is_empty(), "the name of an address is not empty");
        Self { module, name }
    }
}

macro_rules! address {
    ($address:ident <$($type:ident),*>) => {
        impl<$($type),*> $address<$($type),*> {
            /// An address. In a `const`, an empty name does not compile.
            ///
            /// # Panics
            ///
            /// When `module` or `name` is empty.
            pub const fn new(module: &'static str, name: &'static str) -> Self {
                Self { name: Name::new(module, name), types: PhantomData }
            }

            /// The module key: `m` of the request.
            pub const fn module(&self) -> &'static str {
                self.name.module
            }

            /// The name inside the module: `s` of the request.
            pub const fn name(&self) -> &'static str {
                self.name.name
            }
        }

        impl<$($type),*> Clone for $address<$($type),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($type),*> Copy for $address<$($type),*> {}

        impl<$($type),*> fmt::Debug for $address<$($type),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl<$($type),*> PartialEq for $address<$($type),*> {
            fn eq(&self, other: &Self) -> bool {
                self.name == other.name
            }
        }

        impl<$($type),*> Eq for $address<$($type),*> {}

        /// `module::name`, the key of the registry.
        impl<$($type),*> fmt::Display for $address<$($type),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}::{}", self.name.module, self.name.name)
            }
        }
    };
}

address!(SocketRef<In, Out, Key>);
address!(RoomRef<Key, In, Out, State>);
