//! The end of a host, and the next one: everybody is told, nothing that was said is lost, and nobody has to wait for long.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use futures_util::future::{Either, join, join_all, select};
use http::{Method, StatusCode};
use irori::wire::Opcode;
use serde_json::{Value, json};

use crate::conformance::{Capability, Client, Dial, Kit, Profile, Roster, Server, case::cases};

cases! { "shutdown":
    close_all_1001 [Drain, Memory],
    answers_before_the_goodbye [Drain],
    drains_outboxes_until_deadline [Drain, Stall, VirtualTime],
    no_new_upgrades_503 [Drain],
    leave_hooks_run [Drain, Memory],
    second_shutdown_noop [Drain],
    restart_accepts_again [Drain],
    restart_forgets_rooms,
    reconnect_storm_ok,
}

/// The default of `limits.close.deadline`: how long a client may take to read and answer its goodbye.
const ANSWER: Duration = Duration::from_secs(5);

/// How long a drain takes at most: the default of `limits.close.drain`, and one answer.
const DRAIN: Duration = Duration::from_secs(15);

/// The payload of the last close frame: 1001, and why.
const GOODBYE: &[u8] = b"\x03\xe9going away";

/// Bytes of a text of which the default of `limits.outbox.bytes` lets two wait, and not three.
const HALF: usize = 500_000;

async fn close_all_1001(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let mut greeted = server.socket("echo").connect().await;
    assert_eq!(greeted.recv().await["hello"], true);
    let raw = server.dial("/echo").connect().await;
    let direct = direct(&server).connect().await;
    let (member, _) = server.join("chat", "1").await;
    let mut busy = server.socket("script").connect().await;
    busy.send(&json!("hold")).await;
    busy.expect(json!("holding")).await;

    let mut clients = [greeted, raw, direct, member, busy];
    let goodbyes = join_all(clients.iter_mut().map(expect_goodbye));
    let (heard, ()) = join(goodbyes, drain(&server)).await;
    assert!(heard.iter().all(Vec::is_empty), "and nothing else comes: {heard:?}");

    let data = json!({"ua": null, "params": {}});
    assert_eq!(server.logged("echo.close").await, [json!(["echo.close", 1001, "going away", true, data])]);
    assert_eq!(server.logged("raw.close").await, vec![json!(["raw.close", 1001, "going away", true]); 2]);
    assert_eq!(server.logged("chat.leave").await.len(), 1);
    assert_eq!(server.story("script").await, ["open", "start"], "a hook that hangs is cut");
    assert_eq!(server.logged("script.teardown").await.len(), 2, "and its connection torn down");
}

async fn answers_before_the_goodbye(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let mut client = server.socket("script").connect().await;
    client.send(&json!({"count": 500})).await;
    client.send(&json!({"say": "that was all"})).await;
    server.wait_for("script.end", 2).await;
    let (heard, ()) = join(expect_goodbye(&mut client), drain(&server)).await;
    let numbers = (0..500).map(|number| json!(number));
    assert_eq!(heard, numbers.chain([json!({"said": "that was all"})]).collect::<Vec<_>>());
}

async fn drains_outboxes_until_deadline(kit: Kit) {
    const READERS: usize = 12;
    let server = kit.start().await;
    let mut late = join_all((0..READERS).map(|_| server.socket("script").connect())).await;
    let mut never = server.socket("script").connect().await;
    for client in late.iter_mut().chain([&mut never]) {
        client.stall().await;
        client.send(&json!({"bulk": [2, HALF]})).await;
    }
    server.wait_for("script.end", READERS + 1).await;
    // By then the goodbyes of some are due, and wait behind what nobody has read; nobody's time is over.
    let read = async {
        server.sleep(ANSWER - Duration::from_millis(100)).await;
        join_all(late.iter_mut().map(Client::resume)).await;
        join_all(late.iter_mut().map(expect_goodbye)).await
    };
    let (heard, ()) = join(read, drain(&server)).await;
    for texts in heard {
        let lengths: Vec<_> = texts.iter().filter_map(|text| text.as_str().map(str::len)).collect();
        assert_eq!(lengths, [HALF; 2], "what waited is not lost");
    }
    let told = server.logged("script.close").await;
    assert_eq!(told.len(), READERS + 1, "who never reads is cut, and its hook is told all the same");
    never.lose();
}

async fn no_new_upgrades_503(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let mut last = server.dial("/echo").connect().await;
    let late_answer = async {
        assert_eq!(last.recv_close().await.0, 1001, "the drain has begun");
        expect_shut(&server).await;
        last.send_close(1001, "").await;
        last.expect_end().await;
    };
    join(late_answer, drain(&server)).await;
    expect_shut(&server).await;
    let ran = server.events().await;
    assert_eq!(ran, ["guard.app", "raw.upgrade", "raw.open", "raw.close"], "nothing of the app's runs for the others");
}

/// Expects every upgrade to be refused, and other requests to be answered as ever.
async fn expect_shut(server: &Server) {
    let named = [server.socket("echo"), server.room("chat", "1"), server.socket("nosuch")];
    for dial in named.into_iter().chain([server.dial("/echo"), direct(server)]) {
        let answer = dial.refused().await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
    }
    assert_eq!(server.request(Method::GET, "/plain", "").await.status(), StatusCode::OK);
}

async fn leave_hooks_run(kit: Kit) {
    const MEMBERS: usize = 8;
    let server = kit.start_with(Profile::QuickDrain).await;
    let (mut clients, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..MEMBERS {
        let (client, id) = server.join("chat", "1").await;
        clients.push(client);
        ids.push(id);
    }
    let (heard, ()) = join(join_all(clients.iter_mut().map(expect_goodbye)), drain(&server)).await;
    for (place, frames) in heard.iter().enumerate() {
        let left: BTreeSet<_> =
            frames.iter().filter(|frame| frame["op"] == "leave").map(|frame| frame["from"].as_str()).collect();
        let came_later = MEMBERS - 1 - place;
        assert_eq!(frames.len(), came_later + left.len(), "nobody leaves twice: {frames:?}");
    }
    let mut left = server.logged("chat.leave").await;
    left.sort_by_key(|entry| ids.iter().position(|id| entry[2] == json!(id)));
    let once = ids.iter().map(|id| json!(["chat.leave", "anon", id, 1001]));
    assert_eq!(left, once.collect::<Vec<_>>());
    assert_eq!(server.logged("chat.teardown").await.len(), MEMBERS);
    assert_eq!(server.members_outside("1").await, [Value::Null; 0]);
}

async fn second_shutdown_noop(kit: Kit) {
    const CLIENTS: usize = 4;
    let server = kit.start_with(Profile::QuickDrain).await;
    let mut clients = join_all((0..CLIENTS).map(|_| server.socket("script").connect())).await;
    // Whoever is told tells the host again, while the others still wait for their goodbye.
    let again = clients.iter_mut().map(async |client| {
        assert_eq!(expect_goodbye(client).await, [Value::Null; 0]);
        drain(&server).await;
    });
    join(join_all(again), drain(&server)).await;
    drain(&server).await;
    let told = server.logged("script.close").await;
    assert_eq!(told, vec![json!(["script.close", 1001, "going away", true]); CLIENTS], "each of them once");
    expect_shut(&server).await;
}

async fn restart_accepts_again(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let (client, _) = server.join("chat", "1").await;
    stop(&kit, server, vec![client]).await;

    let server = kit.start().await;
    assert_eq!(server.log().await, [Value::Null; 0]);
    for dial in [server.dial("/echo"), direct(&server)] {
        let mut client = dial.connect().await;
        client.send_text("anybody?").await;
        assert_eq!(client.recv_text().await, "anybody?");
    }
    let (mut member, id) = server.join("chat", "1").await;
    member.expect_quiet(&id).await;
    let mut socket = server.socket("script").connect().await;
    socket.send(&json!({"say": "welcome"})).await;
    socket.expect(json!({"said": "welcome"})).await;
}

async fn restart_forgets_rooms(kit: Kit) {
    let server = kit.start_with(Profile::QuickDrain).await;
    let (mut first, first_id) = server.join("chat", "1").await;
    let (second, second_id) = server.join("chat", "1").await;
    first.show(json!({"typing": true})).await;
    assert_eq!(first.recv().await["op"], "join");
    assert_eq!(first.recv().await["op"], "update");
    stop(&kit, server, vec![first, second]).await;

    let server = kit.start().await;
    assert_eq!(server.members_outside("1").await, [Value::Null; 0]);
    assert_eq!(server.say_outside("1", &json!("anybody?")).await, 0);
    let mut member = server.room("chat", "1").connect().await;
    let (id, members) = member.expect_snapshot().await;
    assert!(![first_id, second_id].contains(&id), "an id is given once");
    assert_eq!(members, [json!({"id": id, "state": {"typing": false}})]);
    member.expect_quiet(&id).await;
}

async fn reconnect_storm_ok(kit: Kit) {
    const CLIENTS: usize = 64;
    let server = kit.start_with(Profile::QuickDrain).await;
    let clients = join_all((0..CLIENTS).map(|_| server.room("chat", "1").connect())).await;
    stop(&kit, server, clients).await;

    let server = kit.start().await;
    let came_back = join_all((0..CLIENTS).map(|_| async {
        let mut client = server.room("chat", "1").connect().await;
        let mut roster = Roster::new(&mut client).await;
        roster.follow(&mut client, |roster| roster.ids().len() == CLIENTS).await;
        (client, roster)
    }));
    let mut members = came_back.await;
    let all = server.members_outside("1").await;
    assert_eq!(server.say_outside("1", &json!("all back?")).await, CLIENTS);
    for (client, roster) in &mut members {
        assert_eq!(roster.members(), all, "everybody knows everybody");
        assert_eq!(client.recv().await["msg"], "all back?");
    }
}

/// A client of the direct form, with its key.
fn direct(server: &Server) -> Dial {
    server.dial("/direct").header("x-key", "open")
}

/// Shuts the host down, and waits until everybody is gone.
///
/// # Panics
///
/// When that takes longer than the limits allow.
async fn drain(server: &Server) {
    let asked = pin!(server.request(Method::POST, "/drain", ""));
    match select(asked, pin!(server.sleep(DRAIN))).await {
        Either::Left((answer, _)) => assert_eq!(answer.status(), StatusCode::OK),
        Either::Right(_) => panic!("the drain does not end"),
    }
}

/// Reads until the goodbye, answers it, and sees the stream end; gives what came before it.
async fn expect_goodbye(client: &mut Client) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        match client.recv_frame().await {
            Some(frame) if frame.opcode == Opcode::Text => {
                heard.push(serde_json::from_slice(&frame.payload).unwrap_or_default());
            }
            Some(frame) if frame.opcode == Opcode::Close => {
                assert_eq!(frame.payload, GOODBYE);
                client.send_frame(true, Opcode::Close, frame.payload).await;
                client.expect_end().await;
                return heard;
            }
            frame => panic!("expected a goodbye, but {frame:?} came behind {} messages", heard.len()),
        }
    }
}

/// Ends a host: with a goodbye where it can say one, and without where it cannot.
async fn stop(kit: &Kit, server: Server, mut clients: Vec<Client>) {
    if kit.can(Capability::Drain) {
        join(join_all(clients.iter_mut().map(follow_to_the_end)), drain(&server)).await;
    }
    drop((server, clients));
}

/// Reads until the stream ends, and answers a close on the way.
async fn follow_to_the_end(client: &mut Client) {
    while let Some(frame) = client.recv_frame().await {
        if frame.opcode == Opcode::Close {
            client.send_frame(true, Opcode::Close, frame.payload).await;
        }
    }
}
