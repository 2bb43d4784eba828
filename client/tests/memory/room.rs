//! Rooms.

use futures_util::FutureExt;
use irori::{App, Channel, handler::define_room_with};
use irori_client::{ConnectionId, Delivery, Member, Options, Room, RoomRef, Said, Status, use_room};
use irori_test::{Machine, TestServer};
use serde::{Deserialize, Serialize};

use crate::settle;

#[derive(Channel)]
#[channel("board/:board_id")]
struct Board {
    board_id: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cursor {
    x: u32,
}

type Cursors = Room<Board, String, String, Cursor>;

const CURSORS: RoomRef<Board, String, String, Cursor> = RoomRef::new("src/board", "cursors");

fn server() -> TestServer {
    let cursors = define_room_with(CURSORS, (), async |(), _, _| Ok(()), |(), ()| Cursor::default());
    let cursors = cursors.on_message(async |(), member, text| {
        member.broadcast(&text)?;
        Ok(())
    });
    TestServer::new(App::new().room(CURSORS, cursors))
}

fn options(machine: &Machine, board: &str) -> Options<Machine, Board> {
    machine.options().key(Board { board_id: board.to_owned() })
}

/// Joins from a machine of its own.
fn join(server: &TestServer, board: &str) -> (Cursors, Machine) {
    let machine = server.machine();
    let room = use_room(CURSORS, options(&machine, board));
    settle(server);
    assert_eq!(room.status().get(), Status::Open);
    (room, machine)
}

fn own(room: &Cursors) -> ConnectionId {
    room.own_id().get().unwrap()
}

#[test]
fn a_cursor_wakes_who_watches_it_and_nobody_else() {
    let server = server();
    let [(ada, _), (bob, _), (eve, _)] = ["hearth"; 3].map(|board| join(&server, board));
    let (mut of_bob, mut of_eve) = (ada.member(own(&bob)), ada.member(own(&eve)));
    let (mut members, mut roster, mut own_id, mut herself) = (ada.members(), ada.roster(), ada.own_id(), ada.own());

    bob.set_presence(&Cursor { x: 5 }).unwrap();
    settle(&server);
    assert_eq!(of_bob.changed().now_or_never(), Some(true));
    assert_eq!(roster.changed().now_or_never(), Some(true));
    assert_eq!(of_eve.changed().now_or_never(), None);
    assert_eq!(members.changed().now_or_never(), None);
    assert_eq!(herself.changed().now_or_never(), None);
    assert_eq!(of_bob.get(), Some(Member { id: own(&bob), state: Some(Cursor { x: 5 }) }));

    drop(eve);
    settle(&server);
    assert_eq!((of_eve.changed().now_or_never(), of_eve.get()), (Some(true), None));
    assert_eq!((members.changed().now_or_never(), members.get().len()), (Some(true), 2));
    assert_eq!(of_bob.changed().now_or_never(), None);
    assert_eq!((own_id.changed().now_or_never(), herself.changed().now_or_never()), (None, None));
}

#[test]
fn one_sees_oneself_as_the_others_do_over_whatever_connection() {
    let server = server();
    let (ada, machine) = join(&server, "hearth");
    let (mut own_id, mut herself) = (ada.own_id(), ada.own());
    ada.set_presence(&Cursor { x: 1 }).unwrap();
    settle(&server);
    assert_eq!((own_id.changed().now_or_never(), herself.changed().now_or_never()), (None, Some(true)));
    assert_eq!(herself.get(), Some(member(own(&ada), Some(Cursor { x: 1 }))));

    machine.unplug();
    assert_eq!((own_id.changed().now_or_never(), herself.changed().now_or_never()), (Some(true), Some(true)));
    assert_eq!((own_id.get(), herself.get()), (None, None));
    machine.plug();
    let back = server.block_on(herself.wait_for(|it| it.as_ref().is_some_and(|it| it.state == Some(Cursor { x: 1 }))));
    assert_eq!(back.flatten().map(|it| it.id), own_id.get());
}

#[test]
fn who_comes_back_is_what_it_was() {
    let server = server();
    let [(ada, _), (bob, machine)] = ["hearth"; 2].map(|board| join(&server, board));
    let (mut heard, before) = (ada.messages(), own(&bob));
    bob.set_presence(&Cursor { x: 1 }).unwrap();
    settle(&server);

    machine.unplug();
    assert_eq!(ada.members().get().len(), 1);
    assert_eq!((bob.members().get(), bob.own_id().get()), (vec![], None));
    bob.set_presence(&Cursor { x: 2 }).unwrap();
    for text in ["one", "two", "three"] {
        assert_eq!(bob.send(&text.to_owned()).unwrap(), Delivery::Queued);
    }

    machine.plug();
    assert_eq!(server.block_on(bob.status().wait_for(|status| *status == Status::Open)), Some(Status::Open));
    settle(&server);
    let after = own(&bob);
    assert_ne!(after, before);
    let state = |x| Some(Cursor { x });
    assert_eq!(ada.members().get(), [member(own(&ada), state(0)), member(after, state(2))]);
    assert_eq!(bob.members().get(), ada.members().get());
    for text in ["one", "two", "three"] {
        assert_eq!(heard.try_recv(), Some(Said { from: after, message: text.to_owned() }));
    }
    assert_eq!(heard.try_recv(), None);
}

fn member(id: ConnectionId, state: Option<Cursor>) -> Member<Cursor> {
    Member { id, state }
}

#[test]
fn another_key_is_another_room() {
    let server = server();
    let [(ada, _), (bob, _)] = ["hearth"; 2].map(|board| join(&server, board));
    let (eve, _) = join(&server, "attic");
    let mut heard = bob.messages();
    bob.set_presence(&Cursor { x: 1 }).unwrap();

    bob.set_key(&Board { board_id: "attic".to_owned() });
    assert_eq!((bob.status().get(), bob.members().get()), (Status::Connecting, vec![]));
    ada.send(&"anybody?".to_owned()).unwrap();
    settle(&server);
    assert_eq!((ada.members().get().len(), heard.try_recv()), (1, None), "it has left the one");
    assert_eq!(
        eve.members().get(),
        [member(own(&eve), Some(Cursor { x: 0 })), member(own(&bob), Some(Cursor { x: 0 }))]
    );
    eve.send(&"welcome".to_owned()).unwrap();
    settle(&server);
    assert_eq!(heard.try_recv().map(|said| said.message).as_deref(), Some("welcome"));
}

/// A member that is told of itself by nothing but its own frames knows what everybody knows.
#[test]
fn everybody_sees_the_same() {
    let server = server();
    let rooms: Vec<_> = (0..20).map(|_| join(&server, "hearth")).collect();
    for (number, (room, _)) in rooms.iter().enumerate() {
        room.set_presence(&Cursor { x: u32::try_from(number).unwrap() }).unwrap();
    }
    rooms.iter().step_by(3).for_each(|(_, machine)| machine.cut());
    server.advance(std::time::Duration::from_secs(10));
    let members = rooms[1].0.members().get();
    assert_eq!(members.len(), 20);
    assert!(rooms.iter().all(|(room, _)| room.members().get() == members));
    for (number, (room, _)) in rooms.iter().enumerate() {
        let shown = room.member(own(room)).get().unwrap().state.unwrap();
        assert_eq!(usize::try_from(shown.x).unwrap(), number);
    }
}
