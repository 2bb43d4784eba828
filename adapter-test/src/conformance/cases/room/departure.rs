//! What happens when somebody goes, however it goes.

use irori::wire::Opcode;
use serde_json::json;

use crate::conformance::{Client, Kit, Profile, Server, case::cases};

cases! { "room":
    leave_broadcast_once,
    leave_once_on_every_kind_of_close,
    leave_once_on_broken_frames [Stream],
    leave_once_after_panic [Unwind],
    nothing_is_left_of_an_empty_room,
    last_leave_disposes_room [Census],
    leave_hook_runs_last,
    leave_never_before_join_ends,
}

async fn leave_broadcast_once(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    for _ in 0..5 {
        let (client, id) = server.join("chat", "1").await;
        client.close(1000, "").await;
        watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
        watcher.expect_presence(&id, "leave", None).await;
    }
    server.wait_for("chat.leave", 5).await;
    watcher.expect_quiet(&watcher_id).await;
}

/// How a connection can end.
#[derive(Clone, Copy, Debug)]
enum End {
    ByClient,
    ByClientWithoutCode,
    ByLoss,
    ByHandler,
    FromOutside,
    ByBadText,
    ByBadFrame,
    ByTooBigMessage,
}

impl End {
    /// The ends that every host sees, and the code that the last hook is told.
    const EVERYWHERE: [(Self, u16); 6] = [
        (Self::ByClient, 4321),
        (Self::ByClientWithoutCode, 1005),
        (Self::ByLoss, 1006),
        (Self::ByHandler, 4001),
        (Self::FromOutside, 4002),
        (Self::ByTooBigMessage, 1009),
    ];

    /// Those that are for the host alone where it puts messages together.
    const OF_STREAMS: [(Self, u16); 2] = [(Self::ByBadText, 1007), (Self::ByBadFrame, 1002)];

    /// Ends the connection of a member of the chat `1`. What is given back is still to be let go.
    async fn befall(self, server: &Server, mut client: Client, id: &str) -> Option<Client> {
        match self {
            Self::ByClient => client.send_close(4321, "bye").await,
            Self::ByClientWithoutCode => client.send_frame(true, Opcode::Close, "").await,
            Self::ByLoss => return None,
            Self::ByHandler => client.say(json!({"kick": 4001})).await,
            Self::FromOutside => assert!(server.close_outside("1", id, 4002, "out").await, "{id} was there"),
            Self::ByBadText => client.send_frame(true, Opcode::Text, &b"\xff"[..]).await,
            Self::ByBadFrame => client.send_frame(true, Opcode::Continuation, "of nothing").await,
            Self::ByTooBigMessage => client.send_text(&"x".repeat(64 * 1024 + 1)).await,
        }
        Some(client)
    }
}

async fn leave_once_on_every_kind_of_close(kit: Kit) {
    leave_once(kit, &End::EVERYWHERE).await;
}

async fn leave_once_on_broken_frames(kit: Kit) {
    leave_once(kit, &End::OF_STREAMS).await;
}

/// Lets members end in these ways, one after the other, before the eyes of one that stays.
async fn leave_once(kit: Kit, ends: &[(End, u16)]) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("chat", "1").await;
    let mut left = Vec::new();
    for (end, code) in ends {
        let (client, id) = server.join("chat", "1").await;
        watcher.expect_presence(&id, "join", Some(json!({"typing": false}))).await;
        let client = end.befall(&server, client, &id).await;
        watcher.expect_presence(&id, "leave", None).await;
        server.wait_for("chat.leave", left.len() + 1).await;
        watcher.expect_quiet(&watcher_id).await;
        left.push(json!(["chat.leave", "anon", id, code]));
        drop(client);
    }
    watcher.expect_quiet(&watcher_id).await;
    assert_eq!(server.logged("chat.leave").await, left);
}

async fn leave_once_after_panic(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("panicroom", "1").await;
    let (mut client, id) = server.join("panicroom", "1").await;
    client.say(json!("panic")).await;
    assert_eq!(client.expect_close().await, (1011, "internal error".to_owned()));
    client.expect_end().await;
    watcher.expect_presence(&id, "join", None).await;
    watcher.expect_presence(&id, "leave", None).await;
    server.wait_for("faultyroom.leave", 1).await;
    watcher.say(json!("still here")).await;
    watcher.expect_said(&watcher_id, json!("still here")).await;
    assert_eq!(server.logged("faultyroom.leave").await.len(), 1);
}

async fn nothing_is_left_of_an_empty_room(kit: Kit) {
    let server = kit.start().await;
    let mut ids = Vec::new();
    for round in 0..3 {
        let mut client = server.room("chat", "1").connect().await;
        let (id, members) = client.expect_snapshot().await;
        assert_eq!(members, [json!({"id": id, "state": {"typing": false}})], "nobody, and nothing that was shown");
        assert!(!ids.contains(&id), "an id is given once");
        client.show(json!({"round": round})).await;
        client.expect_presence(&id, "update", Some(json!({"round": round}))).await;
        client.close(1000, "").await;
        ids.push(id);
        server.wait_for("chat.leave", ids.len()).await;
    }
}

async fn last_leave_disposes_room(kit: Kit) {
    let server = kit.start_with(Profile::FewRooms).await;
    let (mut first, first_id) = server.join("chat", "0").await;
    for round in 1..4 {
        let (mut second, _) = server.join("chat", &(round - 1).to_string()).await;
        assert_eq!(server.room("chat", "other").refused().await.status(), 503, "there is place for one room");
        second.show(json!({"round": round})).await;
        assert_eq!(second.recv().await["op"], "update");
        first.lose();
        server.wait_for("chat.leave", 2 * round - 1).await;
        assert_eq!(server.room("chat", "other").refused().await.status(), 503, "which lives while somebody is in it");
        second.close(1000, "").await;
        server.wait_for("chat.leave", 2 * round).await;
        first = server.room("chat", &round.to_string()).connect().await;
        let (id, members) = first.expect_snapshot().await;
        assert_ne!(id, first_id);
        assert_eq!(members, [json!({"id": id, "state": {"typing": false}})], "nothing is left of the one before");
    }
}

async fn leave_hook_runs_last(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, watcher_id) = server.join("herald", "1").await;
    let mut client = server.room("herald", "1").header("x-user", "ann").connect().await;
    let (id, _) = client.expect_snapshot().await;
    client.say(json!("last words")).await;
    client.close(1000, "").await;
    watcher.expect_presence(&id, "join", None).await;
    watcher.expect_presence(&id, "leave", None).await;
    let gone = json!({"gone": "ann", "left": [watcher_id]});
    watcher.expect_said("00000000-0000-0000-0000-000000000000", gone).await;
    assert_eq!(server.story("herald").await, ["message", "leave"]);
}

async fn leave_never_before_join_ends(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, _) = server.join("slowdata", "1").await;
    server.wait_for("slowdata.join", 1).await;
    server.request(http::Method::POST, "/log/clear", "").await;
    let (client, id) = server.join("slowdata", "1").await;
    client.lose();
    watcher.expect_presence(&id, "join", Some(json!({"s": 1}))).await;
    watcher.expect_presence(&id, "leave", None).await;
    assert_eq!(server.logged("slowdata.join").await.len(), 1, "the others hear of it when `on_join` has ended");
    server.wait_for("slowdata.leave", 1).await;
    assert_eq!(server.story("slowdata").await, ["data", "joining", "join", "leave"]);
}
