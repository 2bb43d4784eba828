//! Who is let in: guards run in order, once, before anything else of the app's.

use http::{StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use serde_json::{Value, json};

use crate::conformance::{Dial, Kit, Server, case::cases};

cases! { "guard":
    allow_runs_handler,
    deny_closes_4403,
    deny_with_a_code_of_the_app,
    deny_answers_with_a_subprotocol,
    deny_before_open,
    deny_skips_data,
    deny_skips_every_handler_event,
    denied_member_is_never_seen,
    chain_runs_app_scope_own,
    first_deny_wins,
    error_is_500,
    panic_is_500 [Unwind],
    may_await,
    redirect_denies_and_warns,
    sees_room_params,
    runs_once,
    bad_key_runs_no_guard,
    scope_covers_sockets_and_rooms,
}

async fn allow_runs_handler(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("scoped").connect().await;
    client.send(&json!("hello")).await;
    client.expect(json!({"still": "hello"})).await;
}

async fn deny_closes_4403(kit: Kit) {
    let server = kit.start().await;
    server.socket("denied").denied("forbidden").await;
    server.room("deniedroom", "a").denied("forbidden").await;
    for dial in [server.socket("echo"), server.room("chat", "a"), server.dial("/echo")] {
        dial.header("x-deny", "guard.app").denied("forbidden").await;
    }
}

async fn deny_with_a_code_of_the_app(kit: Kit) {
    let server = kit.start().await;
    for dial in [server.socket("echo"), server.room("chat", "a"), server.dial("/echo")] {
        let mut client = dial.header("x-deny", "close guard.app").connect().await;
        assert_eq!(client.expect_close().await, (4429, "banned for 43 s".to_owned()));
        client.expect_end().await;
    }
    assert_eq!(server.events().await, ["guard.app"; 3]);
}

/// A browser that offers some and is answered with none fails, and its page never sees the code.
async fn deny_answers_with_a_subprotocol(kit: Kit) {
    let server = kit.start().await;
    for dial in [server.dial("/sub"), server.socket("echo"), server.socket("nobody")] {
        let dial = dial.header("sec-websocket-protocol", "irori.v1, other").header("x-deny", "guard.app");
        let mut client = dial.connect().await;
        let answered: Vec<_> = client.head().headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter().collect();
        assert_eq!(answered, ["irori.v1"]);
        assert_eq!(client.expect_close().await.0, 4403);
    }
}

async fn deny_before_open(kit: Kit) {
    let server = kit.start().await;
    server.socket("denied").denied("forbidden").await;
    server.dial("/scoped/raw").header("x-deny", "guard.scope").denied("forbidden").await;
    let entered = server.events().await;
    assert!(!entered.iter().any(|event| ["faulty.open", "raw.open"].contains(&&**event)), "{entered:?}");
}

async fn deny_skips_data(kit: Kit) {
    let server = kit.start().await;
    server.socket("echo").header("x-deny", "guard.app").denied("forbidden").await;
    server.room("chat", "a").header("x-deny", "guard.app").denied("forbidden").await;
    server.dial("/echo").header("x-deny", "guard.app").denied("forbidden").await;
    assert_eq!(server.events().await, ["guard.app"; 3]);
}

async fn deny_skips_every_handler_event(kit: Kit) {
    let server = kit.start().await;
    let mut denied = server.socket("denied").connect().await;
    denied.send(&json!("let me in")).await;
    denied.send_close(4000, "bye").await;
    assert_eq!(denied.expect_close().await.0, 4403);
    denied.expect_end().await;
    server.room("deniedroom", "a").denied("forbidden").await;

    // Whatever it left behind would run before the hooks of the next one of its kind.
    let allowed = server.socket("scoped").connect().await;
    allowed.close(1000, "").await;
    server.wait_for("faulty.close", 1).await;
    let ran: Vec<_> = server.events().await.into_iter().filter(|event| !event.starts_with("guard.")).collect();
    assert_eq!(ran, ["faulty.data", "faulty.open", "faulty.close"]);
}

async fn denied_member_is_never_seen(kit: Kit) {
    let server = kit.start().await;
    let (mut member, id) = server.join("chat", "a").await;
    server.room("chat", "a").header("x-deny", "guard.app").denied("forbidden").await;
    member.say(json!({"who": true})).await;
    let members = json!([{"id": id, "state": {"typing": false}}]);
    member.expect_said(&id, json!({"members": members})).await;
}

async fn chain_runs_app_scope_own(kit: Kit) {
    let server = kit.start().await;
    let mut clients = Vec::new(); // kept, so that no close hook mixes in
    for (dial, chain) in [
        (server.socket("scoped"), &["guard.app", "guard.scope", "guard.own", "faulty.data", "faulty.open"][..]),
        (server.socket("scopedroom"), &["guard.app", "guard.scope", "bare.data"]),
        (server.dial("/scoped/raw"), &["guard.app", "guard.scope", "raw.upgrade", "raw.open"]),
        (server.socket("msgboom"), &["guard.app", "guard.own", "faulty.data", "faulty.open"]),
    ] {
        clear(&server).await;
        clients.push(dial.connect().await);
        server.wait_for(chain[chain.len() - 1], 1).await;
        assert_eq!(server.events().await, chain);
    }
}

async fn first_deny_wins(kit: Kit) {
    let server = kit.start().await;
    server.socket("denied").denied("forbidden").await;
    assert_eq!(server.events().await, ["guard.app"], "the scope's second guard is not asked");
    clear(&server).await;
    server.socket("scoped").header("x-deny", "guard.app").denied("forbidden").await;
    assert_eq!(server.events().await, ["guard.app"]);
    clear(&server).await;
    server.socket("scoped").header("x-deny", "guard.scope").denied("forbidden").await;
    assert_eq!(server.events().await, ["guard.app", "guard.scope"]);
}

async fn error_is_500(kit: Kit) {
    let server = kit.start().await;
    expect_failed(server.socket("guardboom")).await;
    let failure = json!(["error", "guardboom", "guard", "error", "the guard's secret cause"]);
    assert_eq!(server.log().await, [json!(["guard.app", "guardboom", {}]), failure]);
}

async fn panic_is_500(kit: Kit) {
    let server = kit.start().await;
    expect_failed(server.socket("guardpanic")).await;
    let failure = json!(["error", "guardpanic", "guard", "panic", "panicked: the guard's secret panic"]);
    assert_eq!(server.log().await, [json!(["guard.app", "guardpanic", {}]), failure]);
}

async fn may_await(kit: Kit) {
    let server = kit.start().await;
    let meanwhile = async {
        server.wait_for("guard.asked", 2).await;
        let mut other = server.socket("msgboom").connect().await;
        other.send(&json!("ping")).await;
        other.expect(json!({"still": "ping"})).await;
        assert_eq!(server.logged("guard.answered").await.len(), 0);
        assert_eq!(server.logged("faulty.open").await.len(), 1, "only the other is open");
        server.release().await;
    };
    let allowed = async {
        let mut client = server.socket("heldguard").connect().await;
        client.send(&json!("hello")).await;
        client.expect(json!({"still": "hello"})).await;
    };
    let denied = server.socket("heldguard").header("x-deny", "guard.held").denied("forbidden");
    futures_util::future::join3(allowed, denied, meanwhile).await;
}

async fn redirect_denies_and_warns(kit: Kit) {
    let server = kit.start().await;
    let before = warnings(&server, "demo/mod::redirected").await;
    server.socket("redirected").denied("forbidden").await;
    assert_eq!(warnings(&server, "demo/mod::redirected").await, before + 1);
    assert_eq!(server.events().await, ["guard.app"], "a redirect is no failure");
}

async fn sees_room_params(kit: Kit) {
    let server = kit.start().await;
    let key = json!({"roomId": "a b/é", "admin": "yes"});
    let _chat = server.keyed("chat", &key).connect().await;
    let _line = server.keyed("line", &json!({"number": "7", "to": "b", "from": "a"})).connect().await;
    let params: Vec<_> = server.wait_for("guard.app", 2).await.into_iter().map(|entry| entry[2].clone()).collect();
    assert_eq!(params, [json!({"roomId": "a b/é"}), json!({"from": "a", "to": "b", "number": "7"})]);
}

async fn runs_once(kit: Kit) {
    let server = kit.start().await;
    let mut socket = server.socket("scoped").connect().await;
    let (mut member, id) = server.join("chat", "a").await;
    for number in 0..3 {
        socket.send(&json!(number)).await;
        socket.expect(json!({"still": number})).await;
        member.show(json!(number)).await;
        member.expect_presence(&id, "update", Some(json!(number))).await;
    }
    socket.close(1000, "").await;
    member.close(1000, "").await;
    server.wait_for("faulty.close", 1).await;
    server.wait_for("chat.leave", 1).await;
    for (guard, times) in [("guard.app", 2), ("guard.scope", 1), ("guard.own", 1)] {
        assert_eq!(server.logged(guard).await.len(), times, "{guard}");
    }
}

async fn bad_key_runs_no_guard(kit: Kit) {
    let server = kit.start().await;
    for (unit, key) in [
        ("chat", json!({})),
        ("chat", json!({"roomId": 1})),
        ("chat", json!([])),
        ("scopedroom", json!([])),
        ("scoped", json!("text")),
        ("line", json!({"from": "a", "number": "seven"})),
    ] {
        server.keyed(unit, &key).denied("forbidden").await;
    }
    server.dial("/__sockets?m=demo%2Fmod&s=chat&r=%7Bnope").denied("forbidden").await;
    assert_eq!(server.log().await, [] as [Value; 0]);
}

async fn scope_covers_sockets_and_rooms(kit: Kit) {
    let server = kit.start().await;
    for dial in [server.socket("scoped"), server.socket("scopedroom"), server.dial("/scoped/raw")] {
        dial.header("x-deny", "guard.scope").denied("forbidden").await;
    }
    let mut outside = server.socket("msgboom").header("x-deny", "guard.scope").connect().await;
    outside.send(&json!("ping")).await;
    outside.expect(json!({"still": "ping"})).await;
}

async fn expect_failed(dial: Dial) {
    let answer = dial.refused().await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!String::from_utf8_lossy(answer.body()).contains("secret"), "{answer:?}");
}

/// How many warnings of the library have named this unit.
async fn warnings(server: &Server, unit: &str) -> usize {
    let answer = server.request(http::Method::GET, "/warnings", "").await;
    let units: Option<Vec<String>> = serde_json::from_slice(answer.body()).unwrap_or_default();
    let Some(units) = units else { panic!("the log of this process goes elsewhere, so no warning can be seen") };
    units.iter().filter(|warned| *warned == unit).count()
}

async fn clear(server: &Server) {
    server.request(http::Method::POST, "/log/clear", "").await;
}
