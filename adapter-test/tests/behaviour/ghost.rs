//! A task that is cut, wherever it stands, leaves nothing behind.

use irori::{App, RoomRef, channel::NoKey, define_room, handler::define_room_with};

use crate::{
    door::{Door, Task},
    wire::Wire,
};

const ROOM: RoomRef<NoKey, String, String, u8> = RoomRef::new("test", "room");
const OTHER: RoomRef<NoKey, (), (), ()> = RoomRef::new("test", "other");

/// A room in which a message is never done, and a join neither when the query says `slow`. One room may be at a time.
fn door() -> Door {
    let data = async |(): &(), upgrade: &irori::Upgrade, _: &NoKey| Ok(upgrade.query("slow"));
    let room = define_room_with(ROOM, (), data, |(), _| 0)
        .on_join(async |(), member| {
            if member.data().is_some() {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
        .on_message(async |(), _, _: String| std::future::pending().await);
    let app = App::new().room(ROOM, room).room(OTHER, define_room(OTHER, ()));
    Door::new(app.limits(|limits| limits.room.rooms = 1))
}

/// A member that stays, and what it hears.
fn witness(door: &Door) -> (Task, Wire) {
    let wire = Wire::default();
    let mut task = door.join(wire.clone());
    task.settle();
    assert_eq!(wire.take_said().len(), 1, "the snapshot");
    (task, wire)
}

/// Expects that the witness has heard of a join and a leave, and is alone.
fn expect_alone(door: &Door, (task, wire): &mut (Task, Wire), joined: usize) {
    task.settle();
    let heard = wire.take_said();
    let count = |op: &str| heard.iter().filter(|frame| frame.contains(op)).count();
    assert_eq!((count(r#""join""#), count(r#""leave""#)), (joined, joined), "{heard:?}");
    let room = door.app().rooms().of(ROOM, &NoKey {});
    assert_eq!(door.world.block_on(room.members()).unwrap().len(), 1);
    assert_eq!(door.app().connections(), 1);
}

#[test]
fn cut_at_rest() {
    let door = door();
    let mut witness = witness(&door);
    let mut guest = door.join(Wire::default());
    guest.settle();
    drop(guest);
    expect_alone(&door, &mut witness, 1);
}

#[test]
fn cut_in_its_join() {
    let door = door();
    let mut witness = witness(&door);
    let mut guest = door.open("/__sockets?m=test&s=room&slow", Wire::default());
    guest.settle();
    drop(guest);
    expect_alone(&door, &mut witness, 1);
}

#[test]
fn cut_in_a_message() {
    let door = door();
    let mut witness = witness(&door);
    let wire = Wire::default();
    let mut guest = door.join(wire.clone());
    wire.say_text(r#"{"t":"msg","msg":"never done"}"#);
    guest.settle();
    assert_eq!(wire.came(), 1);
    drop(guest);
    expect_alone(&door, &mut witness, 1);
}

#[test]
fn cut_while_it_closes() {
    let door = door();
    let mut witness = witness(&door);
    let wire = Wire::default();
    let mut guest = door.join(wire.clone());
    guest.settle();
    wire.block();
    wire.say_close(1000);
    assert!(!guest.settle(), "its close frame cannot go out");
    drop(guest);
    expect_alone(&door, &mut witness, 1);
}

#[test]
fn cut_before_it_began() {
    let door = door();
    let mut witness = witness(&door);
    drop(door.join(Wire::default()));
    drop(door.admit("/__sockets?m=test&s=room"));
    drop(door.admit("/__sockets?m=test&s=nosuch"));
    expect_alone(&door, &mut witness, 0);
}

#[test]
fn the_last_one_cut_takes_the_room_with_it() {
    let door = door();
    let (task, wire) = witness(&door);
    drop(task);
    let room = door.app().rooms().of(ROOM, &NoKey {});
    assert_eq!(door.world.block_on(room.members()).unwrap(), []);
    assert_eq!(door.app().connections(), 0);
    assert_eq!(wire.take_said(), [""; 0], "nobody is told anything any more");
    let mut elsewhere = door.open("/__sockets?m=test&s=other", wire.clone());
    elsewhere.settle();
    assert_eq!(wire.take_said().len(), 1, "there is place for another room");
}
