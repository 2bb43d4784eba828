//! Who hears what is said.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Server, case::cases};

cases! { "room":
    broadcast_reaches_others,
    broadcast_excludes_sender,
    broadcast_self_copy_last,
    direct_send_only_to_one,
    rooms_are_isolated,
    two_definitions_one_topic_are_isolated,
    same_order_for_all_members,
}

/// Three members of a chat, who have seen each other come.
async fn three(server: &Server) -> [(Client, String); 3] {
    let mut members = [server.join("chat", "1").await, server.join("chat", "1").await, server.join("chat", "1").await];
    for (place, seen) in [(0, 2), (1, 1)] {
        for _ in 0..seen {
            assert_eq!(members[place].0.recv().await["op"], "join");
        }
    }
    members
}

async fn broadcast_reaches_others(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id), (mut third, third_id)] = three(&server).await;
    second.say(json!({"text": "hi"})).await;
    first.expect_said(&second_id, json!({"text": "hi"})).await;
    third.expect_said(&second_id, json!({"text": "hi"})).await;
    first.expect_quiet(&first_id).await;
    third.expect_quiet(&third_id).await;
}

async fn broadcast_excludes_sender(kit: Kit) {
    let server = kit.start().await;
    let mut members = three(&server).await;
    for author in 0..3 {
        let (client, id) = &mut members[author];
        client.say(json!({"author": author})).await;
        client.expect_quiet(id).await;
        let from = id.clone();
        for other in (0..3).filter(|other| *other != author) {
            members[other].0.expect_said(&from, json!({"author": author})).await;
        }
    }
}

async fn broadcast_self_copy_last(kit: Kit) {
    let server = kit.start().await;
    let mut members = three(&server).await;
    for author in 0..3 {
        let (message, from) = (json!({"self": true, "author": author}), members[author].1.clone());
        members[author].0.say(message.clone()).await;
        // Everybody has one copy, and the author's own is no earlier than what it says next.
        for (client, _) in &mut members {
            client.expect_said(&from, message.clone()).await;
        }
        for (client, id) in &mut members {
            client.expect_quiet(id).await;
        }
    }
}

async fn direct_send_only_to_one(kit: Kit) {
    let server = kit.start().await;
    let [(mut first, first_id), (mut second, second_id), (mut third, third_id)] = three(&server).await;
    first.say(json!({"direct": "for me alone"})).await;
    first.expect_said(&first_id, json!({"direct": "for me alone"})).await;
    second.expect_quiet(&second_id).await;
    third.expect_quiet(&third_id).await;
}

async fn rooms_are_isolated(kit: Kit) {
    let server = kit.start().await;
    let (mut here, id) = server.join("chat", "here").await;
    disturb(&server, "chat", "there").await;
    here.expect_quiet(&id).await;
    let (_, members) = server.room("chat", "here").connect().await.expect_snapshot().await;
    assert_eq!(members.len(), 2);
}

async fn two_definitions_one_topic_are_isolated(kit: Kit) {
    let server = kit.start().await;
    let (mut here, id) = server.join("chat", "1").await;
    disturb(&server, "lounge", "1").await;
    here.expect_quiet(&id).await;
    let (_, members) = server.room("chat", "1").connect().await.expect_snapshot().await;
    assert_eq!(members.len(), 2);
}

/// Does everything in a room that is to be heard there and nowhere else.
async fn disturb(server: &Server, name: &str, room_id: &str) {
    let (mut first, first_id) = server.join(name, room_id).await;
    let mut second = server.room(name, room_id).connect().await;
    let (second_id, members) = second.expect_snapshot().await;
    assert_eq!(members.len(), 2, "nobody from elsewhere is in {name}/{room_id}");
    first.expect_presence(&second_id, "join", Some(json!({"typing": false}))).await;
    first.say(json!({"self": true})).await;
    first.expect_said(&first_id, json!({"self": true})).await;
    second.expect_said(&first_id, json!({"self": true})).await;
    second.show(json!({"typing": true})).await;
    first.expect_presence(&second_id, "update", Some(json!({"typing": true}))).await;
    second.lose();
    first.expect_presence(&second_id, "leave", None).await;
}

async fn same_order_for_all_members(kit: Kit) {
    const EACH: usize = 30;
    let server = kit.start().await;
    let mut members = three(&server).await;
    for number in 0..EACH {
        for (author, (client, _)) in members.iter_mut().enumerate() {
            let place = [author, number];
            let message = if number % 3 == author { json!({"presence": place}) } else { json!({"self": place}) };
            client.say(message).await;
        }
        if number == EACH / 2 {
            server.join("chat", "1").await.0.lose();
        }
    }
    let mut seen = Vec::new();
    for (client, _) in &mut members {
        // What was said and shown, and the visitor's coming and going.
        let mut frames = Vec::new();
        while frames.len() < 3 * EACH + 2 {
            frames.push(client.recv().await);
        }
        seen.push(frames);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    for author in 0..3 {
        let numbers: Vec<_> = seen[0].iter().filter_map(|frame| place_of(frame, author)).collect();
        assert_eq!(numbers, (0..EACH).collect::<Vec<_>>(), "member {author} is heard in its own order");
    }
}

/// The number of what this author said or showed.
fn place_of(frame: &Value, author: usize) -> Option<usize> {
    let place = frame["msg"].get("self").or_else(|| frame.get("state"))?;
    let [from, number] = <[usize; 2]>::deserialize(place).ok()?;
    (from == author).then_some(number)
}
