//! A room, as a member's client knows it.

use futures_util::FutureExt as _;
use irori::{ConnectionId, RoomRef, connection::Member};
use irori_client::{Room, Status, use_room};
use serde_json::{Value, json};

use super::{CHAT, Chat, MODULE, Notes, chat, lose, note_problems, quick, reach, see};
use crate::conformance::{Kit, Server, case::cases};

cases! { "client":
    last_presence_resent,
    roster_replaced_by_new_snapshot,
    roster_cleared_when_down,
    roster_follows_the_others,
    malformed_frame_of_a_room_dropped,
}

async fn last_presence_resent(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let (mut witness, _) = server.join("chat", "1").await;
    let room = use_room(CHAT, quick(&machine).key(chat("1")));
    for state in ["first", "second"] {
        room.set_presence(&json!(state)).unwrap();
    }
    let joined = witness.recv().await;
    assert_eq!((&joined["op"], &joined["state"]), (&json!("join"), &json!({"typing": false})));
    witness.expect_presence(&id_in(&joined), "update", Some(json!("second"))).await;
    room.set_presence(&json!("third")).unwrap();
    witness.expect_presence(&id_in(&joined), "update", Some(json!("third"))).await;

    // As it was, and as it became while nobody could be told.
    for changes in [&[][..], &["fourth", "fifth"]] {
        machine.unplug();
        assert_eq!(witness.recv().await["op"], "leave");
        reach(&server, &room.status(), Status::Reconnecting).await;
        changes.iter().for_each(|state| room.set_presence(&json!(state)).unwrap());
        machine.plug();
        let joined = witness.recv().await;
        assert_eq!(joined["op"], "join");
        let expected = changes.last().unwrap_or(&"third");
        witness.expect_presence(&id_in(&joined), "update", Some(json!(expected))).await;
        reach(&server, &room.status(), Status::Open).await;
    }
    let own = server.in_time(room.own_id().wait_for(Option::is_some)).await.flatten().unwrap();
    see(&server, &room.member(own), Some(Member { id: own, state: Some(json!("fifth")) })).await;
}

async fn roster_replaced_by_new_snapshot(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let (goes, _) = server.join("chat", "1").await;
    let (mut stays, _) = server.join("chat", "1").await;
    let room = use_room(CHAT, quick(&machine).key(chat("1")));
    see_members(&server, &room, 3).await;
    let (own, before) = (room.own_id().get(), ids(&room));
    assert_eq!(before, ids_outside(&server).await);
    assert_eq!(before.last().copied(), own, "in join order, and oneself is the last who joined");

    machine.unplug();
    reach(&server, &room.status(), Status::Reconnecting).await;
    goes.close(1000, "").await;
    while stays.recv().await["op"] != "leave" {}
    while stays.recv().await["op"] != "leave" {}
    let (_comes, _) = server.join("chat", "1").await;
    machine.plug();
    see_members(&server, &room, 3).await;
    assert_eq!(ids(&room), ids_outside(&server).await);
    assert_eq!(ids(&room)[0], before[1], "who stayed is there as before");
    assert!(room.own_id().get() != own && !ids(&room).contains(&before[0]), "and nothing of what was is left");

    // Whenever one comes, it is all there is.
    let own = room.own_id().get().unwrap();
    machine.slip_in(json!({"t": "snapshot", "self": own, "members": [{"id": own}]}).to_string());
    stays.say(json!("go on")).await;
    see_members(&server, &room, 1).await;
    assert_eq!(ids(&room), [own]);
}

async fn roster_cleared_when_down(kit: Kit) {
    let server = kit.start().await;
    let machine = server.machine();
    let (_witness, witness_id) = server.join("chat", "1").await;
    let room = use_room(CHAT, quick(&machine).key(chat("1")));
    let witness = room.member(witness_id.parse().unwrap());
    for round in 0..2 {
        see_members(&server, &room, 2).await;
        assert!(witness.get().is_some() && room.own_id().get().is_some());
        let (mut members, mut one) = (room.members(), witness.clone());
        match round {
            0 => lose(&server, &machine, &room.status()).await,
            _ => room.close(1000, "").unwrap(),
        }
        assert!(server.in_time(members.changed()).await && server.in_time(one.changed()).await);
        assert_eq!((members.get(), one.get(), room.own_id().get()), (vec![], None, None), "round {round}");
    }
}

async fn roster_follows_the_others(kit: Kit) {
    let server = kit.start().await;
    let room = use_room(CHAT, quick(&server.machine()).key(chat("1")));
    see_members(&server, &room, 1).await;
    let (mut other, other_id) = server.join("chat", "1").await;
    see_members(&server, &room, 2).await;
    let other_id: ConnectionId = other_id.parse().unwrap();
    let watched = room.member(other_id);
    assert_eq!(watched.get().and_then(|member| member.state), Some(json!({"typing": false})));

    let mut members = room.members();
    other.show(json!({"typing": true})).await;
    see(&server, &watched, Some(Member { id: other_id, state: Some(json!({"typing": true})) })).await;
    let mut messages = room.messages();
    other.say(json!("and this comes behind it")).await;
    let said = server.in_time(messages.recv()).await.unwrap();
    assert_eq!((said.from, said.message), (other_id, json!("and this comes behind it")));
    assert!(members.changed().now_or_never().is_none(), "who watches comings and goings was left in peace");

    other.close(1000, "").await;
    assert!(server.in_time(members.changed()).await);
    see_members(&server, &room, 1).await;
    see(&server, &watched, None).await;
}

async fn malformed_frame_of_a_room_dropped(kit: Kit) {
    // What the others say is no number, but for once.
    const NUMBERS: RoomRef<Chat, Value, u32, Value> = RoomRef::new(MODULE, "chat");
    let server = kit.start().await;
    let (machine, problems) = (server.machine(), Notes::new());
    let (mut other, other_id) = server.join("chat", "1").await;
    let room = use_room(NUMBERS, quick(&machine).key(chat("1")).on_problem(note_problems(&problems)));
    let mut messages = room.messages();
    assert!(server.in_time(room.members().wait_for(|members| members.len() == 2)).await.is_some());
    let roster = room.members().get();

    let nobody = ConnectionId::from_random(7);
    let garbage = [
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        json!({"t": "unheard of"}).to_string(),
        json!({"t": "msg", "msg": 5}).to_string(),
        json!({"t": "presence", "from": nobody, "op": "dance"}).to_string(),
        json!({"t": "snapshot", "members": []}).to_string(),
    ];
    let malformed = garbage.len() + 1;
    garbage.into_iter().for_each(|text| machine.slip_in(text));
    // These are well-formed, and change nothing: nobody is called so.
    machine.slip_in(json!({"t": "presence", "from": nobody, "op": "leave"}).to_string());
    machine.slip_in(json!({"t": "presence", "from": nobody, "op": "update", "state": 1}).to_string());
    other.say(json!("no number")).await;
    other.say(json!(7)).await;
    let said = server.in_time(messages.recv()).await.unwrap();
    assert_eq!((said.from.to_string(), said.message), (other_id, 7));
    assert_eq!((room.members().get(), room.status().get()), (roster, Status::Open));
    let problems = problems.so_far();
    assert!(problems.len() == malformed && problems.iter().all(|it| it.contains("malformed")), "{problems:?}");
}

/// Waits until so many are there.
async fn see_members(server: &Server, room: &Room<Chat, Value, Value, Value>, count: usize) {
    let mut members = room.members();
    let there = server.in_time(members.wait_for(|members| members.len() == count)).await;
    assert!(there.is_some(), "expected {count}, but there are {:?}", room.members().get());
}

fn ids(room: &Room<Chat, Value, Value, Value>) -> Vec<ConnectionId> {
    room.members().get().iter().map(|member| member.id).collect()
}

async fn ids_outside(server: &Server) -> Vec<ConnectionId> {
    let members = server.members_outside("1").await;
    members.iter().map(|member| member["id"].as_str().unwrap_or_default().parse().unwrap()).collect()
}

fn id_in(frame: &Value) -> String {
    frame["from"].as_str().unwrap_or_default().to_owned()
}
