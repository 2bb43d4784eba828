//! Whoever comes, goes and changes: in the end all members know the same of each other.

use futures_util::future::join_all;
use serde_json::json;

use crate::conformance::{Client, Kit, Roster, Server, case::cases};

cases! { "presence":
    leave_removes,
    abrupt_leave_removes,
    snapshot_plus_deltas_equals_roster,
    concurrent_joins_converge,
    join_leave_race_no_ghost,
}

async fn leave_removes(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let (mut client, id) = server.join("chat", "1").await;
    watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
    client.say(json!({"kick": 4001})).await;
    assert_eq!(client.expect_close().await, (4001, "kicked".to_owned()));
    watcher.expect_presence(&id, "leave", None).await;
    assert_eq!(newcomers_view(&server).await, [watcher_id]);
}

async fn abrupt_leave_removes(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let (mut client, id) = server.join("chat", "1").await;
    watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
    // What it had shown goes with it.
    client.show(json!({"typing": true})).await;
    watcher.expect_presence(&id, "update", Some(json!({"typing": true}))).await;
    client.lose();
    watcher.expect_presence(&id, "leave", None).await;
    assert_eq!(newcomers_view(&server).await, [watcher_id]);
}

/// Who is there, as somebody new is told, itself left out.
async fn newcomers_view(server: &Server) -> Vec<String> {
    let mut newcomer = server.room("chat", "1").connect().await;
    let roster = Roster::new(&mut newcomer).await;
    let mut ids: Vec<_> = roster.ids().into_iter().map(str::to_owned).collect();
    ids.pop();
    ids
}

async fn snapshot_plus_deltas_equals_roster(kit: Kit) {
    let server = kit.start().await;
    let mut watcher = server.room("chat", "1").connect().await;
    let mut roster = Roster::new(&mut watcher).await;
    let mut members: Vec<Client> = Vec::new();
    for step in 0..24_usize {
        let one = step.checked_rem(members.len()).unwrap_or_default();
        match step % 4 {
            0 | 1 => members.push(server.room("chat", "1").connect().await),
            2 => members[one].show(json!({"step": step})).await,
            _ => members.remove(one).lose(),
        }
    }
    server.wait_for("chat.leave", 6).await;
    let mut last = server.room("chat", "1").connect().await;
    let mut known = Roster::new(&mut last).await;
    assert_eq!(known.ids().len(), 8);
    // All hear this at one point of the room's story, and know the same there.
    watcher.say(json!({"self": "the end"})).await;
    follow_to_the_end(&mut roster, &mut watcher).await;
    follow_to_the_end(&mut known, &mut last).await;
    assert_eq!(roster.members(), known.members());
}

async fn follow_to_the_end(roster: &mut Roster, client: &mut Client) {
    loop {
        let frame = client.recv().await;
        if frame["msg"]["self"] == "the end" {
            return;
        }
        roster.take(&frame);
    }
}

async fn concurrent_joins_converge(kit: Kit) {
    const MEMBERS: usize = 16;
    let server = kit.start().await;
    let joined = join_all((0..MEMBERS).map(|_| async {
        let mut client = server.room("chat", "1").connect().await;
        let mut roster = Roster::new(&mut client).await;
        roster.follow(&mut client, |roster| roster.ids().len() == MEMBERS).await;
        (client, roster)
    }))
    .await;
    let all = server.members_outside("1").await;
    assert_eq!(all.len(), MEMBERS);
    for (_, roster) in &joined {
        assert_eq!(roster.members(), all, "everybody knows everybody, in join order");
    }
}

async fn join_leave_race_no_ghost(kit: Kit) {
    const VISITORS: usize = 24;
    let server = kit.start().await;
    let mut watcher = server.room("chat", "1").connect().await;
    let mut roster = Roster::new(&mut watcher).await;
    let visits = (0..VISITORS).map(|number| {
        let server = &server;
        async move {
            let mut visitor = server.room("chat", "1").connect().await;
            match number % 4 {
                0 => visitor.lose(),
                1 => visitor.close(1000, "").await,
                2 => {
                    visitor.show(json!(number)).await;
                    visitor.lose();
                }
                _ => {
                    visitor.expect_snapshot().await;
                    visitor.lose();
                }
            }
        }
    });
    join_all(visits).await;
    server.wait_for("chat.leave", VISITORS).await;
    let (last, id) = server.join("chat", "1").await;
    roster.follow(&mut watcher, |roster| roster.ids().contains(&&*id)).await;
    assert_eq!(roster.ids().len(), 2, "nobody is left of the visitors: {:?}", roster.ids());
    assert_eq!(server.members_outside("1").await, roster.members());
    last.lose();
}
