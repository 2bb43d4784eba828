//! What was let go says nothing any more, be it by another thread or by a function of the app.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use futures_util::FutureExt;
use irori_client::{Delivery, Problem, Socket, Status, use_room, use_socket};

use crate::{
    machines::{Moment, Mortal, Racing},
    places::{Board, CURSORS, ECHO, KEYED, board, server},
    settle,
};

#[test]
fn what_connects_to_the_old_key_does_not_open_the_new_one() {
    let server = server();
    let racing = Racing::new(server.machine(), Moment::Connected);
    let socket = use_socket(KEYED, racing.options().key(board("a")));
    let (other, line) = (socket.clone(), racing.machine.clone());
    racing.act(move || {
        line.hang();
        other.set_key(&board("b"));
    });
    settle(&server);
    assert_eq!(socket.status().get(), Status::Connecting, "nothing is connected to b");
    server.advance(Duration::from_secs(3600));
    assert_eq!(socket.status().get(), Status::Closed, "and what does not answer is given up");
}

#[test]
fn a_snapshot_of_the_old_room_is_none_of_the_new_one() {
    let server = server();
    let racing = Racing::new(server.machine(), Moment::Message);
    let room = use_room(CURSORS, racing.options().key(board("a")));
    let (other, line) = (room.clone(), racing.machine.clone());
    racing.act(move || {
        line.hang();
        other.set_key(&board("b"));
    });
    settle(&server);
    assert_eq!((room.status().get(), room.members().get().len()), (Status::Connecting, 0));
}

#[test]
fn the_end_of_the_old_connection_is_not_that_of_the_new() {
    let server = server();
    let watcher = use_room(CURSORS, server.machine().options().key(board("b")));
    let racing = Racing::new(server.machine(), Moment::Closed);
    let room = use_room(CURSORS, racing.options().key(board("a")).should_reconnect(|_| false));
    settle(&server);
    assert_eq!(room.status().get(), Status::Open);
    let other = room.clone();
    racing.act(move || other.set_key(&board("b")));
    racing.machine.cut();
    settle(&server);
    assert_eq!((room.status().get(), watcher.members().get().len()), (Status::Open, 2));
}

#[test]
fn closed_at_a_problem_it_stays_closed() {
    let server = server();
    let machine = server.machine();
    machine.unplug();
    let slot: Arc<OnceLock<Socket<u32, u32>>> = Arc::default();
    let handle = Arc::clone(&slot);
    let options = machine.options().on_problem(move |problem: &Problem| {
        if let (Problem::Connect(_), Some(socket)) = (problem, handle.get()) {
            socket.close(1000, "").unwrap();
        }
    });
    let socket = use_socket(ECHO, options);
    slot.set(socket.clone()).unwrap();
    server.advance(Duration::from_secs(60));
    assert_eq!((socket.status().get(), machine.dials()), (Status::Closed, 1));
}

#[test]
fn without_handles_since_a_problem_it_does_not_connect() {
    let server = server();
    let machine = server.machine();
    machine.unplug();
    let slot: Arc<Mutex<Option<Socket<u32, u32>>>> = Arc::default();
    let handle = Arc::clone(&slot);
    let options = machine.options().on_problem(move |problem: &Problem| {
        if let Problem::Connect(_) = problem {
            drop(handle.lock().unwrap().take());
        }
    });
    let socket = use_socket(ECHO, options);
    let (status, mut messages) = (socket.status(), socket.messages());
    *slot.lock().unwrap() = Some(socket);
    settle(&server);
    machine.plug();
    server.advance(Duration::from_secs(60));
    assert_eq!((status.get(), messages.recv().now_or_never(), machine.dials()), (Status::Closed, Some(None), 1));
}

#[test]
fn another_key_at_a_problem_is_tried_once() {
    let server = server();
    let machine = server.machine();
    machine.unplug();
    let slot: Arc<OnceLock<Socket<u32, u32, Board>>> = Arc::default();
    let (handle, line) = (Arc::clone(&slot), machine.clone());
    let options = machine.options().key(board("a")).on_problem(move |problem: &Problem| {
        if let (Problem::Connect(_), Some(socket)) = (problem, handle.get()) {
            line.plug();
            socket.set_key(&board("b"));
        }
    });
    let socket = use_socket(KEYED, options);
    slot.set(socket.clone()).unwrap();
    settle(&server);
    assert_eq!((socket.status().get(), machine.dials()), (Status::Open, 2));
}

#[test]
fn the_last_message_is_that_of_the_key() {
    let server = server();
    let socket = use_socket(KEYED, server.machine().options().key(board("a")));
    socket.send(&1).unwrap();
    settle(&server);
    socket.set_key(&board("a"));
    assert_eq!(socket.last_message(), Some(1));
    socket.set_key(&board("b"));
    assert_eq!(socket.last_message(), None);
}

/// While its task sleeps, only the last of what it is told counts.
#[test]
fn however_often_the_key_changes_the_last_one_is_dialed() {
    let server = server();
    let mortal = Mortal::new(server.machine());
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let options = mortal.options().key(board("0"));
    let options = options.on_problem(move |problem: &Problem| tell.lock().unwrap().push(problem.to_string()));
    let socket = use_socket(KEYED, options);
    for number in 1..=1000 {
        assert_eq!(socket.send(&number).unwrap(), Delivery::Queued);
        socket.set_key(&board(&number.to_string()));
    }
    for _ in 0..5 {
        mortal.poll();
        settle(&server);
    }
    assert_eq!((socket.status().get(), mortal.machine.dials()), (Status::Open, 1));
    assert_eq!(*told.lock().unwrap(), ["1000 messages were never sent"]);
}
