//! What waits to go out: in which order, how much of it, and what becomes of the rest.

use irori::{limits::Overflow, wire::Opcode};
use serde_json::{Value, json};

use crate::conformance::{Client, Kit, Profile, case::cases};

/// Bytes of a large text, and how many of them with their quotes and headers fit into the default of
/// `limits.outbox.bytes`.
const LARGE: usize = 60_000;
const FITTING: usize = 17;

cases! { "outbox":
    send_is_sync [Stall],
    send_tells_outcome,
    send_from_another_task [Handles],
    full_closes_1013,
    full_drops_oldest_when_set,
    full_drops_newest_when_set,
    presence_coalesces_first,
    dropped_count_reported,
    slow_member_does_not_delay_room,
    slow_member_is_cut_not_room [Stall],
    bytes_limit,
    count_limit,
    flush_before_close_frame,
    order_kept_across_overflow,
}

async fn send_is_sync(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.stall().await;
    client.send(&json!({"bulk": [FITTING, LARGE]})).await;
    server.wait_for("script.end", 1).await;
    client.resume().await;
    for _ in 0..FITTING {
        assert_eq!(client.recv().await.as_str().map(str::len), Some(LARGE));
    }
}

async fn send_tells_outcome(kit: Kit) {
    for (overflow, beyond) in [
        (Overflow::DropOldest, ["Displaced(1)", "Displaced(1)"]),
        (Overflow::DropNewest, ["Dropped", "Dropped"]),
        (Overflow::Close, ["the peer reads too slowly, its outbox is full", "the connection is closed"]),
    ] {
        let server = kit.start_with(Profile::SmallOutbox(overflow)).await;
        let mut client = server.socket("script").connect().await;
        client.send(&json!({"tell": 6})).await;
        let told = server.wait_for("script.told", 1).await;
        assert_eq!(told, [json!(["script.told", "Queued", "Queued", "Queued", "Queued", beyond[0], beyond[1]])]);
    }
}

async fn send_from_another_task(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    for round in 0..3 {
        client.send(&json!({"count": 300})).await;
        client.send(&json!({"say_elsewhere": round})).await;
    }
    for round in 0..3 {
        for number in 0..300 {
            client.expect(json!(number)).await;
        }
        client.expect(json!({"said": round})).await; // from a thread, in its turn
    }
    client.send(&json!("keep")).await;
    server.wait_for("script.end", 7).await;
    let mut other = server.socket("script").connect().await;
    other.send(&json!({"whisper": "to one that rests"})).await;
    client.expect(json!({"said": "to one that rests"})).await;
    client.send(&json!("hold")).await;
    client.expect(json!("holding")).await;
    other.send(&json!({"whisper": "to one whose hook runs"})).await;
    client.expect(json!({"said": "to one whose hook runs"})).await;
    server.release().await;
    client.expect(json!("held")).await;
    client.close(1000, "").await;
    server.wait_for("script.close", 1).await;
    other.send(&json!({"whisper": "to one that is gone"})).await;
    let whispered = server.wait_for("script.whispered", 3).await;
    let outcomes: Vec<_> = whispered.iter().map(|entry| &entry[1]).collect();
    assert_eq!(outcomes, ["Queued", "Queued", "the connection is closed"]);
}

async fn full_closes_1013(kit: Kit) {
    let server = kit.start_with(Profile::SmallOutbox(Overflow::Close)).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"tell": 5})).await;
    assert_eq!(client.expect_close().await.0, 1013);
    client.expect_end().await;
    assert_eq!(server.wait_for("script.close", 1).await[0][1], 1013);
}

async fn full_drops_oldest_when_set(kit: Kit) {
    assert_eq!(left_of_ten(kit, Overflow::DropOldest).await, [6, 7, 8, 9]);
}

async fn full_drops_newest_when_set(kit: Kit) {
    assert_eq!(left_of_ten(kit, Overflow::DropNewest).await, [0, 1, 2, 3]);
}

/// What arrives of ten numbers sent at once into an outbox of four messages; the connection stays.
async fn left_of_ten(kit: Kit, overflow: Overflow) -> Vec<Value> {
    let server = kit.start_with(Profile::SmallOutbox(overflow)).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"tell": 10})).await;
    server.wait_for("script.end", 1).await;
    client.send(&json!({"say": "that was all"})).await;
    let mut seen = Vec::new();
    loop {
        match client.recv().await {
            number @ Value::Number(_) => seen.push(number),
            said => break assert_eq!(said, json!({"said": "that was all"})),
        }
    }
    seen
}

async fn presence_coalesces_first(kit: Kit) {
    for overflow in [Overflow::Close, Overflow::DropOldest, Overflow::DropNewest] {
        let server = kit.start_with(Profile::SmallOutbox(overflow)).await;
        let (mut client, id) = server.join("salvo", "r").await;
        let updates = (1..=10).map(|number| json!({"show": number}));
        let steps: Vec<_> =
            [json!({"tell": "first"})].into_iter().chain(updates).chain([json!({"tell": "last"})]).collect();
        client.say(json!(steps)).await;
        client.expect_said(&id, json!("first")).await;
        let mut shown = Value::Null;
        loop {
            let frame = client.recv().await;
            if frame["t"] != "presence" {
                break assert_eq!(frame["msg"], "last", "no message went for an update under {overflow:?}");
            }
            shown = frame["state"].clone();
        }
        assert_eq!(shown, 10, "the newest state is the one that stays");
    }
}

async fn dropped_count_reported(kit: Kit) {
    let server = kit.start_with(Profile::SmallOutbox(Overflow::DropOldest)).await;
    let (mut client, _) = server.join("salvo", "r").await;
    client.say(json!([{"show": 1}, {"show": 2}, {"show": 3}, {"show": 4}, {"tell": "in their place"}])).await;
    let done = server.wait_for("salvo.end", 1).await;
    assert_eq!(done[0], json!(["salvo.end", true, true, true, true, "Displaced(3)"]));

    let server = kit.start_with(Profile::SmallOutbox(Overflow::DropNewest)).await;
    let (mut client, _) = server.join("salvo", "r").await;
    client.say(json!(vec![json!({"say": "m"}); 6])).await;
    let done = server.wait_for("salvo.end", 1).await;
    let (reached, missed) = ([1, 0], [0, 1]);
    assert_eq!(done[0], json!(["salvo.end", reached, reached, reached, reached, missed, missed]));
}

async fn slow_member_does_not_delay_room(kit: Kit) {
    let server = kit.start().await;
    let (mut slow, _) = server.join("salvo", "r").await;
    let (mut author, author_id) = server.join("salvo", "r").await;
    let (mut reader, reader_id) = server.join("salvo", "r").await;
    author.expect_presence(&reader_id, "join", Some(json!(null))).await;
    slow.stall().await;
    for number in 0..100 {
        author.say(json!([{"say": number}])).await;
        reader.expect_said(&author_id, json!(number)).await;
        author.expect_said(&author_id, json!(number)).await;
    }
    slow.resume().await;
    for joined in [&author_id, &reader_id] {
        slow.expect_presence(joined, "join", Some(json!(null))).await;
    }
    for number in 0..100 {
        slow.expect_said(&author_id, json!(number)).await;
    }
}

async fn slow_member_is_cut_not_room(kit: Kit) {
    let server = kit.start().await;
    let (mut slow, slow_id) = server.join("salvo", "r").await;
    let (mut author, _) = server.join("salvo", "r").await;
    let (mut reader, reader_id) = server.join("salvo", "r").await;
    author.expect_presence(&reader_id, "join", Some(json!(null))).await;
    slow.stall().await;
    // More than the buffers of any socket hold.
    for _ in 0..80 {
        author.say(json!([{"flood": [4, LARGE]}])).await;
        let mut read = 0;
        while read < 4 {
            read += usize::from(reader.recv().await["msg"].is_string());
        }
    }
    assert_eq!(server.wait_for("salvo.leave", 1).await, [json!(["salvo.leave", slow_id, 1013])]);
    author.expect_presence(&slow_id, "leave", None).await;
    author.say(json!([{"say": "we go on"}])).await;
    reader_hears(&mut reader, "we go on").await;
    slow.resume().await;
    loop {
        match slow.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Close => {
                break assert_eq!(frame.payload[..2], 1013u16.to_be_bytes());
            }
            Some(_) => {}
            None => panic!("the stream ended without a close frame"),
        }
    }
}

/// Reads until this is said, over the leave of another member.
async fn reader_hears(reader: &mut Client, message: &str) {
    while reader.recv().await["msg"] != message {}
}

async fn bytes_limit(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"bulk": [FITTING, LARGE]})).await;
    for _ in 0..FITTING {
        client.recv().await;
    }
    client.send(&json!({"bulk": [FITTING + 1, LARGE]})).await;
    assert_eq!(client.expect_close().await.0, 1013);
}

async fn count_limit(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"count": 1_024})).await;
    for number in 0..1_024 {
        client.expect(json!(number)).await;
    }
    client.send(&json!({"count": 1_025})).await;
    assert_eq!(client.expect_close().await.0, 1013);
}

async fn flush_before_close_frame(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"count": 500})).await;
    client.send(&json!({"bulk": [FITTING - 1, LARGE]})).await;
    client.send(&json!({"close": [4001, "that was all"]})).await;
    for number in 0..500 {
        client.expect(json!(number)).await;
    }
    for _ in 1..FITTING {
        assert_eq!(client.recv().await.as_str().map(str::len), Some(LARGE));
    }
    assert_eq!(client.expect_close().await, (4001, "that was all".to_owned()));
}

async fn order_kept_across_overflow(kit: Kit) {
    let server = kit.start_with(Profile::SmallOutbox(Overflow::DropOldest)).await;
    let (mut client, id) = server.join("salvo", "r").await;
    let steps = json!([{"tell": 1}, {"show": "a"}, {"tell": 2}, {"show": "b"}, {"tell": 3}, {"tell": 4}, {"tell": 5}]);
    client.say(steps).await;
    client.expect_presence(&id, "update", Some(json!("b"))).await;
    for number in 3..=5 {
        client.expect_said(&id, json!(number)).await;
    }
}
