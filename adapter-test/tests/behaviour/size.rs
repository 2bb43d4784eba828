//! What a connection weighs, pinned so that growth is noticed. Less is welcome: then lower the bound.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use irori::{
    App, RoomRef, Upgrade, WsEvents,
    channel::NoKey,
    define_room,
    helper::drive,
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::Frame,
};

use crate::door::Door;

const ROOM: RoomRef<NoKey, (), (), ()> = RoomRef::new("test", "room");

/// Bytes of a connection's future on a 64-bit machine, without its transport and its handler.
const BOUND: usize = 592;

/// A stream of nothing, of a certain weight.
struct Weight<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> Transport for Weight<BYTES> {
    fn poll_recv(&mut self, _: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        Poll::Pending
    }

    fn poll_send(&mut self, _: &mut Context<'_>, _: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        Poll::Pending
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

struct Nothing;

impl WsEvents for Nothing {}

/// The weight of a connection to this target, over a stream of so many bytes.
fn weigh<const BYTES: usize>(target: &str) -> usize {
    let door = Door::new(App::new().room(ROOM, define_room(ROOM, ())).websocket("/nothing", |_: &Upgrade| Nothing));
    size_of_val(&drive(Weight([0; BYTES]), door.admit(target), door.world.runtime()))
}

#[test]
fn the_future_of_a_connection_is_small_whatever_its_handler() {
    let size = weigh::<0>("/nothing");
    assert!(size <= BOUND, "{size} bytes");
    assert_eq!(size, weigh::<0>("/__sockets?m=test&s=room"));
}

#[test]
fn the_transport_is_kept_once() {
    assert_eq!(weigh::<2048>("/nothing") - weigh::<1024>("/nothing"), 1024);
}
