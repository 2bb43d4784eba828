//! What a connection remembers: made once at the upgrade, there in every hook.

use futures_util::future::join;
use http::StatusCode;
use serde_json::{Value, json};

use crate::conformance::{Kit, case::cases};

cases! { "data":
    runs_once,
    sees_request,
    sees_params,
    ready_before_open,
    ready_before_early_frame,
    may_take_its_time = "async",
    error_refuses_500,
    rejection_closes_4403,
    none_is_honoured,
    visible_in_every_event,
    over_budget_refused_on_every_host,
    mutable_state_survives,
}

async fn runs_once(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("echo").connect().await;
    socket.recv().await;
    let (mut member, id) = server.join("chat", "a").await;
    for number in 0..3 {
        socket.send(&json!(number)).await;
        socket.expect(json!({"echo": number})).await;
        member.say(json!({"self": number + 1})).await;
        member.expect_said(&id, json!({"self": number + 1})).await;
    }
    socket.close(1000, "").await;
    member.close(1000, "").await;
    server.wait_for("echo.close", 1).await;
    server.wait_for("chat.leave", 1).await;
    assert_eq!(server.logged("echo.data").await.len(), 1);
    assert_eq!(server.logged("chat.data").await.len(), 1);
}

async fn sees_request(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("echo").header("x-test", "of the request").connect().await;
    client.expect(json!({"hello": true, "data": {"ua": "of the request", "params": {}}})).await;
    let _query = server.dial("/__sockets?m=demo%2Fmod&s=bigdata&size=7").connect().await;
    assert_eq!(server.wait_for("faulty.open", 1).await, [json!(["faulty.open", 7])]);
}

async fn sees_params(kit: Kit) {
    let server = kit.start().await;
    let _chat = server.room("chat", "tea & time").header("x-user", "ada").connect().await;
    assert_eq!(server.wait_for("chat.data", 1).await, [json!(["chat.data", "ada", "tea & time"])]);
    let key = json!({"number": "7", "from": "a"});
    let mut line = server.keyed("line", &key).connect().await;
    let read = json!({"from": "a", "to": null, "number": 7});
    assert_eq!(line.expect_snapshot().await.1[0]["state"], read);
    let params = json!({"from": "a", "number": "7"});
    assert_eq!(server.wait_for("line.params", 1).await, [json!(["line.params", params, read])]);
}

async fn ready_before_open(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("echo").header("x-test", "ready").connect().await;
    client.recv().await;
    let data = json!({"ua": "ready", "params": {}});
    let log = server.log().await;
    assert_eq!(log[1..], [json!(["echo.data"]), json!(["echo.open", data])]);
    let mut member = server.room("typed", "a").header("x-user", "ada").connect().await;
    assert_eq!(member.expect_snapshot().await.1[0]["state"], json!({"name": "ada", "level": 0}));
}

async fn ready_before_early_frame(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("counter").connect().await;
    client.send(&json!("early")).await;
    client.expect(json!({"n": 1})).await;
    let mut member = server.room("typed", "a").header("x-user", "ada").connect().await;
    member.show(json!({"name": "eve", "level": 3})).await;
    let (id, _) = member.expect_snapshot().await;
    member.expect_presence(&id, "update", Some(json!({"name": "ada", "level": 3}))).await;
}

async fn may_take_its_time(kit: Kit) {
    let server = kit.start().await;
    let meanwhile = async {
        server.wait_for("helddata.asked", 1).await;
        let mut other = server.socket("counter").connect().await;
        other.send(&json!("hello")).await;
        other.expect(json!({"n": 1})).await;
        assert_eq!(server.events().await, ["guard.app", "helddata.asked", "guard.app"]);
        server.release().await;
    };
    let held = async {
        let mut client = server.socket("helddata").header("x-test", "late").connect().await;
        client.send(&json!("hello")).await;
        client.expect(json!({"data": "late", "got": "hello"})).await;
    };
    join(held, meanwhile).await;
    let events = server.events().await;
    assert_eq!(events[3..], ["helddata.made", "helddata.open"]);
}

async fn error_refuses_500(kit: Kit) {
    let server = kit.start().await;
    for (dial, unit) in [(server.socket("databoom"), "databoom"), (server.room("databoomroom", "a"), "databoomroom")] {
        let answer = dial.refused().await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{unit}");
        assert!(!String::from_utf8_lossy(answer.body()).contains("secret"), "{answer:?}");
        let failure = json!(["error", unit, "data", "error", "the secret cause"]);
        assert_eq!(server.log().await.last(), Some(&failure));
    }
    let ran = server.events().await;
    assert!(!ran.iter().any(|event| ["faulty.open", "faultyroom.join"].contains(&&**event)), "{ran:?}");
}

async fn rejection_closes_4403(kit: Kit) {
    let server = kit.start().await;
    server.socket("datadenied").denied("forbidden").await;
    assert_eq!(server.events().await, ["guard.app", "guard.own", "faulty.data"], "a denial is no failure");
}

async fn none_is_honoured(kit: Kit) {
    let server = kit.start().await;
    let mut none = server.socket("script").connect().await;
    none.send(&json!("data")).await;
    none.expect(json!({"data": null})).await;
    let mut some = server.socket("script").header("x-open", "kept").connect().await;
    some.send(&json!("data")).await;
    some.expect(json!({"data": "kept"})).await;
}

async fn visible_in_every_event(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("echo").header("x-test", "mine").connect().await;
    socket.recv().await;
    socket.send(&json!(1)).await;
    socket.recv().await;
    socket.close(1000, "").await;
    let closed = server.wait_for("echo.close", 1).await;
    let data = json!({"ua": "mine", "params": {}});
    assert_eq!(closed[0][4], data);
    assert_eq!(server.logged("echo.open").await[0][1], data);
    assert_eq!(server.logged("echo.message").await[0][1], data);

    let mut member = server.room("chat", "a").header("x-user", "ada").connect().await;
    member.say(json!("hello")).await;
    member.close(1000, "").await;
    server.wait_for("chat.leave", 1).await;
    for event in ["chat.data", "chat.join", "chat.message", "chat.leave"] {
        assert_eq!(server.logged(event).await[0][1], "ada", "{event}");
    }
}

async fn over_budget_refused_on_every_host(kit: Kit) {
    let server = kit.start().await;
    // A text of so many bytes has two quotes around it in JSON.
    let sized = |size: usize| server.dial(format!("/__sockets?m=demo%2Fmod&s=bigdata&size={size}"));
    let _fits = sized(6_142).connect().await;
    assert_eq!(server.wait_for("faulty.open", 1).await, [json!(["faulty.open", 6_142])]);
    let answer = sized(6_143).refused().await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let failures = server.logged("error").await;
    assert_eq!(failures.len(), 1);
    assert_eq!((&failures[0][1], &failures[0][2]), (&json!("bigdata"), &json!("data")));
    assert_eq!(server.logged("faulty.open").await.len(), 1);
}

async fn mutable_state_survives(kit: Kit) {
    let server = kit.start().await;
    let (mut one, mut two) = (server.socket("counter").connect().await, server.socket("counter").connect().await);
    for count in 1..=3 {
        one.send(&Value::Null).await;
        one.expect(json!({"n": count})).await;
    }
    two.send(&Value::Null).await;
    two.expect(json!({"n": 1})).await;
    one.send(&Value::Null).await;
    one.expect(json!({"n": 4})).await;
}
