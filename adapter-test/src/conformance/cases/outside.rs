//! Rooms from outside any connection: what the rest of an app says into them, sees of them and does to their members.

use futures_util::future::{join, join_all};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Profile, Server, case::cases};

cases! { "outside":
    broadcast_reaches_all,
    to_empty_room_is_noop,
    excludes_given_id,
    order_with_inside_broadcasts,
    from_many_tasks,
    lists_members,
    closes_one_member,
    after_shutdown_errs [Drain],
    encoded_once,
}

/// Who speaks from outside: the nil UUID (PROTOCOL.md, section 5).
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Two members of the chat `1`, of whom the first has seen the second come.
async fn two(server: &Server) -> [(Client, String); 2] {
    let (mut first, first_id) = server.join("chat", "1").await;
    let (second, second_id) = server.join("chat", "1").await;
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    [(first, first_id), (second, second_id)]
}

async fn broadcast_reaches_all(kit: Kit) {
    let server = kit.start().await;
    let mut members = two(&server).await;
    let (mut elsewhere, elsewhere_id) = server.join("chat", "2").await;
    let (mut lounge, lounge_id) = server.join("lounge", "1").await;
    assert_eq!(server.say_outside("1", &json!({"text": "tea is ready"})).await, 2);
    for (client, id) in &mut members {
        let said = format!(r#"{{"from":"{NOBODY}","t":"msg","msg":{{"text":"tea is ready"}}}}"#);
        assert_eq!(client.recv_text().await, said);
        client.expect_quiet(id).await;
    }
    elsewhere.expect_quiet(&elsewhere_id).await;
    lounge.expect_quiet(&lounge_id).await;
    assert_eq!(server.logged("chat.message").await.len(), 4, "only the markers: no handler is asked");
}

async fn to_empty_room_is_noop(kit: Kit) {
    let server = kit.start_with(Profile::FewRooms).await;
    for room_id in ["1", "2", "3"] {
        assert_eq!(server.say_outside(room_id, &json!("anybody?")).await, 0);
    }
    // It made no room, of which there could be but one, and nothing waits there.
    let (mut client, id) = server.join("chat", "4").await;
    client.expect_quiet(&id).await;
    client.close(1000, "").await;
    server.wait_for("chat.leave", 1).await;
    assert_eq!(server.say_outside("4", &json!("anybody left?")).await, 0);
}

async fn excludes_given_id(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id)] = two(&server).await;
    assert_eq!(server.say_outside_except("1", &first_id, &json!("not for the first")).await, 1);
    second.expect_said(NOBODY, json!("not for the first")).await;
    first.expect_quiet(&first_id).await;
    assert_eq!(server.say_outside_except("1", NOBODY, &json!("for all")).await, 2);
    first.expect_said(NOBODY, json!("for all")).await;
    second.expect_said(NOBODY, json!("for all")).await;
    second.expect_quiet(&second_id).await;
}

async fn order_with_inside_broadcasts(kit: Kit) {
    const EACH: u64 = 20;
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, _)] = two(&server).await;
    let (mut heard_first, mut heard_second) = (Vec::new(), Vec::new());
    // Turn by turn, so that the two mix.
    let outside = async {
        for number in 0..EACH {
            server.say_outside("1", &json!({"self": number})).await;
            heard_second.push(second.recv().await);
        }
    };
    let inside = async {
        for number in 0..EACH {
            first.say(json!({"self": number})).await;
            heard_first.push(first.recv().await);
        }
    };
    join(outside, inside).await;
    heard_first.extend(frames(&mut first, EACH).await);
    heard_second.extend(frames(&mut second, EACH).await);
    assert_eq!(heard_first, heard_second);
    for author in [NOBODY, &first_id] {
        let its = heard_first.iter().filter(|frame| frame["from"] == author);
        let numbers: Vec<_> = its.filter_map(|frame| frame["msg"]["self"].as_u64()).collect();
        assert_eq!(numbers, (0..EACH).collect::<Vec<_>>(), "{author} is heard in its own order");
    }
}

async fn from_many_tasks(kit: Kit) {
    const TASKS: u64 = 32;
    let server = kit.start().await;
    let [(mut first, _), (mut second, _)] = two(&server).await;
    let reached = join_all((0..TASKS).map(|number| {
        let server = &server;
        async move { server.say_outside("1", &json!(number)).await }
    }))
    .await;
    assert_eq!(reached, [2; TASKS as usize]);
    let seen = frames(&mut first, TASKS).await;
    assert_eq!(seen, frames(&mut second, TASKS).await, "both hear them in one order");
    let mut numbers: Vec<_> = seen.iter().filter_map(|frame| frame["msg"].as_u64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..TASKS).collect::<Vec<_>>(), "each of them once");
}

/// The next frames, so many of them.
async fn frames(client: &mut Client, count: u64) -> Vec<Value> {
    let mut frames = Vec::new();
    for _ in 0..count {
        frames.push(client.recv().await);
    }
    frames
}

async fn lists_members(kit: Kit) {
    let server = kit.start().await;
    assert_eq!(server.members_outside("1").await, [Value::Null; 0]);
    let [(mut first, first_id), (second, second_id)] = two(&server).await;
    let (_elsewhere, _) = server.join("chat", "2").await;
    first.show(json!({"typing": true})).await;
    first.expect_presence(&first_id, "update", Some(json!({"typing": true}))).await;
    let listed = server.members_outside("1").await;
    let second_shown = json!({"id": second_id, "state": {"typing": false}});
    assert_eq!(listed, [json!({"id": first_id, "state": {"typing": true}}), second_shown]);
    second.lose();
    first.expect_presence(&second_id, "leave", None).await;
    assert_eq!(server.members_outside("1").await.len(), 1);
    first.lose();
    server.wait_for("chat.leave", 2).await;
    assert_eq!(server.members_outside("1").await, [Value::Null; 0]);
}

async fn closes_one_member(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id)] = two(&server).await;
    assert!(!server.close_outside("1", NOBODY, 4005, "out").await, "nobody has this id");
    assert!(!server.close_outside("2", &second_id, 4005, "out").await, "it is not in that room");
    let reserved = json!({"code": 1006, "reason": ""}).to_string();
    let answer = server.request(Method::DELETE, &format!("/rooms/chat/1/{second_id}"), reserved).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "no close frame may carry 1006");
    second.expect_quiet(&second_id).await;
    server.say_outside("1", &json!("before")).await;
    assert!(server.close_outside("1", &second_id, 4005, "out").await);
    // What was said before it still arrives.
    second.expect_said(NOBODY, json!("before")).await;
    assert_eq!(second.expect_close().await, (4005, "out".to_owned()));
    first.expect_said(NOBODY, json!("before")).await;
    first.expect_presence(&second_id, "leave", None).await;
    first.expect_quiet(&first_id).await;
    assert!(!server.close_outside("1", &second_id, 4005, "out").await, "it is gone");
    let left = server.wait_for("chat.leave", 1).await;
    assert_eq!(left, [json!(["chat.leave", "anon", second_id, 4005])]);
}

async fn after_shutdown_errs(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let (mut client, _) = server.join("chat", "1").await;
    assert_eq!(server.say_outside("1", &json!("still open")).await, 1);
    client.expect_said(NOBODY, json!("still open")).await;
    let goodbye = async {
        assert_eq!(client.expect_close().await.0, 1001);
        client.expect_end().await;
    };
    join(server.request(Method::POST, "/drain", ""), goodbye).await;
    let answer = server.request(Method::POST, "/rooms/chat/1", "\"too late\"").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "an error, no delivery to nobody");
    assert_eq!(server.members_outside("1").await, [Value::Null; 0]);
}

async fn encoded_once(kit: Kit) {
    const MEMBERS: usize = 5;
    let server = kit.start().await;
    let mut members = Vec::new();
    for _ in 0..MEMBERS {
        members.push(server.join("tally", "1").await);
    }
    let answer = server.request(Method::POST, "/rooms/tally/1", "\"from outside\"").await;
    assert_eq!(answer.body().as_ref(), b"5");
    members[0].0.say(json!("from inside")).await;
    for (client, _) in &mut members {
        let mut said = Vec::new();
        while said.len() < 2 {
            said.extend(client.recv().await["msg"].get("said").cloned());
        }
        assert_eq!(said, ["from outside", "from inside"]);
    }
    let encoded = server.logged("tally.encoded").await;
    assert_eq!(encoded, [json!(["tally.encoded", "from outside"]), json!(["tally.encoded", "from inside"])]);
}
