//! A reader that stops, in a room of many.

use irori::{App, RoomRef, channel::NoKey, define_room, rt::Runtime as _};
use irori_test::{TestClient, TestServer};

const ROOM: RoomRef<NoKey, u32, u32, ()> = RoomRef::new("test", "room");

/// A room that says to all others what it is told, and a full house.
fn house(members: usize) -> (TestServer, Vec<TestClient>) {
    let room = define_room(ROOM, ()).on_message(async |(), member, number| {
        member.broadcast(&number)?;
        Ok(())
    });
    let app = App::new().room(ROOM, room).limits(|limits| {
        limits.rate.messages = 1_000_000;
        limits.rate.burst = 1_000_000;
    });
    let server = TestServer::new(app);
    let mut clients: Vec<_> = (0..members).map(|_| server.room(ROOM, &NoKey {}).connect()).collect();
    for (index, client) in clients.iter_mut().enumerate() {
        for _ in index..members {
            client.recv(); // the snapshot, and who joined after it
        }
        client.expect_quiet();
    }
    (server, clients)
}

#[test]
fn the_others_hear_everything_at_once_and_the_stalled_one_later() {
    let (server, mut clients) = house(50);
    let start = server.runtime().now();
    clients[7].stall();
    for number in 0..500 {
        clients[0].say(&number);
        for index in (1..50).filter(|index| *index != 7) {
            assert_eq!(clients[index].recv_said::<u32>().1, number);
        }
    }
    assert_eq!(server.runtime().now(), start, "nobody waited for anybody");
    clients[7].resume();
    for number in 0..500 {
        assert_eq!(clients[7].recv_said::<u32>().1, number);
    }
}

#[test]
fn who_never_reads_is_cut_with_1013_and_the_others_hear_that_too() {
    let (server, mut clients) = house(3);
    clients[2].stall();
    // A batch is on its way, 1,024 messages wait, and one is too many.
    let mut left = None;
    for number in 0..2_000 {
        clients[0].say(&number);
        let frame = clients[1].recv_json::<serde_json::Value>();
        if frame["op"] == "leave" {
            left = Some(number);
            break;
        }
        assert_eq!(frame["msg"], number);
    }
    let left = left.expect("it was cut");
    assert!((1_024..1_500).contains(&left), "after its outbox was full: {left}");
    clients[2].resume();
    assert_eq!(clients[2].recv_said::<u32>().1, 0, "what was on its way still arrives");
    clients[2].expect_close(1013);
    assert_eq!(server.block_on(server.rooms().of(ROOM, &NoKey {}).members()).unwrap().len(), 2);
}
