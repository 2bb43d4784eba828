//! Who is gone before it was there leaves nobody behind.

use std::pin::pin;

use futures_util::future::{Either, select};

use crate::conformance::{Kit, Roster, case::cases};

cases! { "room":
    disconnect_during_slow_data_leaves_no_ghost,
    disconnect_during_slow_join_leaves_no_ghost,
}

async fn disconnect_during_slow_data_leaves_no_ghost(kit: Kit) {
    let server = kit.start().await;
    let mut watcher = server.room("slowdata", "1").connect().await;
    let mut roster = Roster::new(&mut watcher).await;
    {
        // It goes while `data` is being made.
        let connecting = pin!(server.room("slowdata", "1").connect());
        let asked = pin!(server.wait_for("slowdata.data", 2));
        assert!(matches!(select(connecting, asked).await, Either::Right(_)), "data takes its time");
    }
    // The next takes as long, and comes behind it; the one after that sees what is left.
    let (_next, next_id) = server.join("slowdata", "1").await;
    let mut last = server.room("slowdata", "1").connect().await;
    let seen = Roster::new(&mut last).await;
    assert_eq!(seen.ids()[..2], [roster.ids()[0], &next_id]);
    assert_eq!(seen.ids().len(), 3);
    roster.follow(&mut watcher, |roster| roster.ids() == seen.ids()).await;
}

async fn disconnect_during_slow_join_leaves_no_ghost(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("slowdata", "1").await;
    for round in 0..3 {
        let (client, id) = server.join("slowdata", "1").await;
        server.wait_for("slowdata.joining", round + 2).await;
        client.lose();
        assert_eq!(watcher.recv().await["op"], "join");
        watcher.expect_presence(&id, "leave", None).await;
    }
    let (_, members) = server.room("slowdata", "1").connect().await.expect_snapshot().await;
    assert_eq!(members.len(), 2);
    assert_eq!(members[0]["id"], watcher_id);
}
