#![doc = include_str!("../docs/book.md")]
#![cfg_attr(
    target_family = "wasm",
    allow(
        clippy::arc_with_non_send_sync,
        reason = "what is shared is `Send` where there are threads, see `irori::rt::MaybeSend`"
    )
)]

// What apps use.
mod messages;
mod options;
mod problem;
mod room;
mod send;
mod socket;
mod status;
mod watch;

// What they connect to, and by what means.
#[cfg(target_family = "wasm")]
mod browser;
mod endpoint;
#[cfg(all(feature = "native", not(target_family = "wasm")))]
mod native;
pub mod platform;

// Values.
mod machine;
mod mirror;

// Where they meet.
mod callback;
mod client;
mod drive;
mod shared;
mod signal;
mod signals;
mod state;

#[cfg(target_family = "wasm")]
pub use self::browser::{Browser, BrowserConnection, BrowserTimer};
#[cfg(all(feature = "native", not(target_family = "wasm")))]
pub use self::native::{Native, NativeConnection, Refused};
pub use self::{
    client::Listening,
    endpoint::{Endpoint, Request},
    messages::Messages,
    mirror::Payload,
    options::Options,
    problem::Problem,
    room::{Room, Said, WeakRoom, use_room},
    send::{Delivery, ReservedCode, SendError},
    socket::{Socket, WeakSocket, use_socket},
    status::Status,
    watch::{Watch, WatchStream},
};
#[doc(no_inline)]
pub use http::{HeaderMap, HeaderName, HeaderValue, header::InvalidHeaderValue};
#[doc(inline)]
pub use irori::{CloseCode, CloseInfo, ConnectionId, RoomRef, SocketRef, connection::Member};
#[cfg(all(feature = "rustls", not(target_family = "wasm")))]
pub use tokio_rustls::rustls;
