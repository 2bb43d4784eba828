//! What is sent while there is no connection.

use irori_client::{Delivery, SendError, Status, use_room, use_socket};
use serde_json::json;

use super::{CHAT, ECHO, Notes, chat, lose, note_problems, quick, reach};
use crate::conformance::{Kit, Profile, case::cases};

cases! { "client":
    queue_while_down_in_order,
    queue_overflow_is_reported,
    queue_dropped_when_key_changes,
    full_queue_is_within_the_servers_rate,
}

async fn queue_while_down_in_order(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let (mut witness, _) = server.join("chat", "1").await;
    let room = use_room(CHAT, quick(&machine).key(chat("1")));
    assert_eq!(witness.recv().await["op"], "join");
    machine.unplug();
    assert_eq!(witness.recv().await["op"], "leave");
    reach(&server, &room.status(), Status::Reconnecting).await;

    for number in 0..20 {
        assert_eq!(room.send(&json!(number)).unwrap(), Delivery::Queued);
        assert_eq!(room.queued().get(), number + 1);
    }
    room.set_presence(&json!({"typing": true})).unwrap();
    machine.plug();
    reach(&server, &room.status(), Status::Open).await;
    assert_eq!(room.queued().get(), 0);
    assert_eq!(room.send(&json!("behind")).unwrap(), Delivery::Sent);

    let joined = witness.recv().await;
    let id = joined["from"].as_str().unwrap_or_default();
    assert_eq!(joined["op"], "join");
    witness.expect_presence(id, "update", Some(json!({"typing": true}))).await;
    for number in 0..20 {
        witness.expect_said(id, json!(number)).await;
    }
    witness.expect_said(id, json!("behind")).await;
}

async fn queue_overflow_is_reported(kit: Kit) {
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    let echo = use_socket(ECHO, quick(&machine).queue(3).on_problem(note_problems(&problems)));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    machine.unplug();
    reach(&server, &echo.status(), Status::Reconnecting).await;
    for number in 0..3 {
        assert_eq!(echo.send(&json!(number)).unwrap(), Delivery::Queued);
    }
    assert!(matches!(echo.send(&json!("no place")), Err(SendError::QueueFull)));
    assert_eq!(echo.queued().get(), 3);

    machine.plug();
    reach(&server, &echo.status(), Status::Open).await;
    echo.send(&json!("after")).unwrap();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    for expected in [json!(0), json!(1), json!(2), json!("after")] {
        assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": expected})));
    }
    assert_eq!(problems.so_far(), [""; 0], "who sends is told, and nobody else");
}

async fn queue_dropped_when_key_changes(kit: Kit) {
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    let (mut old, old_id) = server.join("chat", "old").await;
    let (mut new, new_id) = server.join("chat", "new").await;
    let room = use_room(CHAT, quick(&machine).key(chat("old")).on_problem(note_problems(&problems)));
    room.set_presence(&json!("for the old")).unwrap();
    reach(&server, &room.status(), Status::Open).await;
    for op in ["join", "update"] {
        assert_eq!(old.recv().await["op"], op);
    }
    machine.unplug();
    reach(&server, &room.status(), Status::Reconnecting).await;
    assert_eq!(old.recv().await["op"], "leave");
    for number in 0..2 {
        assert_eq!(room.send(&json!(number)).unwrap(), Delivery::Queued);
    }

    room.set_key(&chat("old"));
    assert_eq!((room.queued().get(), room.status().get()), (2, Status::Reconnecting), "it is the same one");
    room.set_key(&chat("new"));
    assert_eq!((room.queued().get(), room.status().get()), (0, Status::Connecting));
    machine.plug();
    reach(&server, &room.status(), Status::Open).await;
    assert_eq!(problems.so_far(), ["2 messages were never sent"]);

    room.send(&json!("hello, new")).unwrap();
    let joined = new.recv().await;
    let id = joined["from"].as_str().unwrap_or_default();
    assert_eq!(joined["state"], json!({"typing": false}));
    new.expect_said(id, json!("hello, new")).await;

    // Open, it leaves the one and comes to the other.
    room.set_key(&chat("old"));
    assert_eq!(room.members().get(), []);
    assert_eq!(new.recv().await["op"], "leave");
    assert_eq!(old.recv().await["op"], "join");
    new.expect_quiet(&new_id).await;
    old.expect_quiet(&old_id).await;
    let mut codes: Vec<_> = server.wait_for("chat.leave", 2).await.iter().map(|entry| entry[3].clone()).collect();
    codes.sort_by_key(serde_json::Value::as_u64);
    assert_eq!(codes, [1000, 1006], "a loss, and a goodbye");
}

/// What a client may keep while it is offline, and what a server takes at once, are defaults that belong together.
async fn full_queue_is_within_the_servers_rate(kit: Kit) {
    const QUEUE: usize = 128;
    let server = kit.start_with(Profile::Defaults).await;
    let machine = server.machine();
    let echo = use_socket(ECHO, quick(&machine));
    let mut messages = echo.messages();
    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    lose(&server, &machine, &echo.status()).await;
    for number in 0..QUEUE {
        assert_eq!(echo.send(&json!(number)).unwrap(), Delivery::Queued);
    }
    assert!(matches!(echo.send(&json!("no place")), Err(SendError::QueueFull)));

    assert_eq!(server.in_time(messages.recv()).await.unwrap()["hello"], true);
    for number in 0..QUEUE {
        assert_eq!(server.in_time(messages.recv()).await, Some(json!({"echo": number})));
    }
    assert_eq!(server.logged("error").await, [serde_json::Value::Null; 0]);
}
