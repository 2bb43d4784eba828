//! Hosts that call by event, where only the time and the moment at which memory goes tell right from wrong.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
    time::Duration,
};

use irori::{App, RoomRef, SocketRef, channel::NoKey, define_room, define_socket};
use irori_test::{Eviction, TestServer};

const ROOM: RoomRef<NoKey, String, String, ()> = RoomRef::new("test", "room");
const SLOW: SocketRef<u64, u64> = SocketRef::new("test", "slow");

#[test]
fn who_leaves_while_memory_goes_does_not_come_back() {
    let app = || {
        let room = define_room(ROOM, ()).on_leave(async |(), _| {
            std::future::pending::<()>().await;
            Ok(())
        });
        App::new().room(ROOM, room)
    };
    let server = TestServer::by_event(app, Eviction::WhenAsked);
    let mut stays = server.room(ROOM, &NoKey).connect();
    stays.expect_snapshot::<()>();
    let mut leaves = server.room(ROOM, &NoKey).connect();
    let own = leaves.expect_snapshot::<()>().own;
    stays.expect_join::<()>();
    leaves.close(1000, "");
    assert_eq!(stays.expect_leave(), own);
    server.evict();
    let mut comes = server.room(ROOM, &NoKey).connect();
    assert_eq!(comes.expect_snapshot::<()>().members.len(), 2, "who stayed, and who came");
}

/// Where a hook waits until the test lets it go on.
#[derive(Default)]
struct Gate(Mutex<(bool, Option<Waker>)>);

impl Gate {
    async fn pass(&self) {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            state.1 = Some(cx.waker().clone());
            if state.0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn open(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            state.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }
}

#[test]
fn what_waits_behind_a_hook_takes_no_deadline_away() {
    let gate = Arc::<Gate>::default();
    let app = {
        let gate = Arc::clone(&gate);
        move || {
            let slow = define_socket(SLOW, Arc::clone(&gate)).on_message(async |gate, socket, number| {
                gate.pass().await;
                socket.send(&number)?;
                Ok(())
            });
            App::new().socket(SLOW, slow).limits(|limits| limits.liveness.idle = Some(Duration::from_secs(3)))
        }
    };
    let server = TestServer::by_event(app, Eviction::WhenAsked);
    let mut client = server.socket(SLOW).connect();
    for number in 0..90 {
        client.send_json(&number);
    }
    gate.open();
    for number in 0..90 {
        assert_eq!(client.recv_json::<u64>(), number);
    }
    server.advance(Duration::from_secs(4));
    assert_eq!(client.expect_close(4408), "idle");
}
