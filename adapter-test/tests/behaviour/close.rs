//! The end of a connection, step by step as the stream sees it.

use std::time::Duration;

use irori::{
    App, RoomRef, SocketRef, Upgrade, WsContext, WsEvents, channel::NoKey, define_room, define_socket, error::Failure,
    transport::Received, wire::Message,
};
use irori_test::TestServer;

use crate::{door::Door, wire::Wire};

/// Sends back what it is told; `close` closes with 4001.
struct Echo;

impl WsEvents for Echo {
    async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> irori::Result {
        match message.as_text() {
            Some("close") => ws.close(4001, "as asked")?,
            _ => drop(ws.send(message)?),
        }
        Ok(())
    }

    fn on_error(&mut self, _: &mut WsContext, failure: &Failure) {
        panic!("{failure}");
    }
}

fn door() -> Door {
    Door::new(App::new().websocket("/echo", |_: &Upgrade| Echo))
}

#[test]
fn the_peers_close_is_answered_once_after_what_it_asked() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    wire.say_text("one");
    wire.say_text("two");
    wire.say_close(1000);
    assert!(task.settle());
    assert_eq!(wire.take_said(), ["one", "two", "close 1000", "shut"]);
    assert_eq!(wire.came(), 3);
}

#[test]
fn the_stream_is_shut_once_the_peer_has_answered_our_close() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    wire.say_text("one");
    wire.say_text("close");
    wire.say_text("never handled");
    assert!(!task.settle());
    assert_eq!(wire.take_said(), ["one", "close 4001"]);
    wire.say_text("sent before it read our close");
    assert!(!task.settle());
    wire.say_close(4001);
    assert!(task.settle());
    assert_eq!(wire.take_said(), ["shut"]);
}

#[test]
fn two_closes_that_cross_are_one_end() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    wire.say_text("close");
    wire.say_close(4002);
    assert!(task.settle());
    let said = wire.take_said();
    assert!(said == ["close 4001", "shut"] || said == ["close 4002", "shut"], "{said:?}");
}

#[test]
fn who_does_not_answer_is_dropped_after_five_seconds() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    wire.say_text("close");
    assert!(!task.settle());
    door.world.advance(Duration::from_millis(4_900));
    assert!(!task.settle());
    door.world.advance(Duration::from_millis(100));
    assert!(task.settle());
    assert_eq!(wire.take_said(), ["close 4001"], "no shut: nobody is there to wait for");
}

#[test]
fn who_answers_a_close_without_reading_it_is_dropped_too() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/echo", wire.clone());
    wire.block();
    wire.say_close(1000);
    assert!(!task.settle());
    door.world.advance(Duration::from_secs(5));
    assert!(task.settle());
    assert_eq!(door.app().connections(), 0);
}

#[test]
fn a_broken_peer_is_told_why_and_not_waited_for() {
    let (door, wire) = (door(), Wire::default());
    let mut task = door.open("/__sockets?m=test&s=nosuch", wire.clone());
    wire.say(Received::Alive);
    assert!(!task.settle());
    assert_eq!(wire.take_said(), ["close 4403"]);
    wire.say_close(4403);
    assert!(task.settle());
    assert_eq!(wire.take_said(), ["shut"]);
}

const STUCK: SocketRef<(), ()> = SocketRef::new("test", "stuck");
const ROOM: RoomRef<NoKey, (), (), ()> = RoomRef::new("test", "room");

#[test]
fn a_drain_says_goodbye_to_all_and_cuts_a_handler_that_is_stuck() {
    let stuck = define_socket(STUCK, ()).on_message(async |(), _, ()| std::future::pending().await);
    let room = define_room(ROOM, ()).on_message(async |(), _, ()| std::future::pending().await);
    let server = TestServer::new(App::new().socket(STUCK, stuck).room(ROOM, room));
    let mut quiet = server.socket(STUCK).connect();
    let mut busy = server.socket(STUCK).connect();
    busy.send_json(&());
    let mut member = server.room(ROOM, &NoKey {}).connect();
    member.recv();
    member.say(&());

    let start = irori::rt::Runtime::now(&server.runtime());
    server.drain();
    let took = irori::rt::Runtime::now(&server.runtime()).since(start);
    assert!(took <= Duration::from_secs(15), "10 s to say goodbye, 5 s to answer: {took:?}");
    for client in [&mut quiet, &mut busy, &mut member] {
        client.expect_close(1001);
    }
    assert_eq!(server.app().connections(), 0);
    assert!(server.block_on(server.rooms().of(ROOM, &NoKey {}).members()).unwrap().is_empty());
    assert_eq!(server.socket(STUCK).refused().status(), 503);
}

#[test]
fn a_drain_of_nobody_ends_at_once() {
    let server = TestServer::new(App::new());
    let start = irori::rt::Runtime::now(&server.runtime());
    server.drain();
    server.drain();
    assert_eq!(irori::rt::Runtime::now(&server.runtime()), start);
}
