//! From a request to a 101, or to the answer that says why not.

pub(super) mod contract;
pub(super) mod route;

use futures_util::future::join_all;
use http::{Method, StatusCode, header};
use irori::{App, SocketRef, app::Problem, define_socket};
use serde_json::{Value, json};

use crate::conformance::{Dial, Kit, case::cases};

cases! { "upgrade":
    plain_get_is_refused_426,
    plain_get_is_told_what_to_upgrade_to [Http],
    wrong_method_405,
    missing_key_400,
    key_is_answered [Http],
    bad_version_426_lists_13,
    unknown_name_closes_4403,
    name_case_is_exact,
    query_first_value_wins,
    query_is_decoded,
    headers_are_seen,
    headers_of_browsers_are_understood,
    remote_addr_is_seen [RemoteAddr],
    request_extensions_are_seen,
    subprotocol_picked_first_supported,
    subprotocol_none_when_unsupported,
    response_headers_added,
    set_cookie_kept_multiple,
    origin_same_allowed,
    origin_other_403,
    origin_absent_allowed,
    concurrent_upgrades_get_distinct_ids,
    other_routes_of_the_host_still_work,
    plain_request_runs_no_guard_and_no_data,
    direct_form_after_own_checks,
    events_decided_per_request,
    duplicate_names_rejected_at_build,
}

/// A socket, a room and a raw route.
const TARGETS: [&str; 3] =
    ["/__sockets?m=demo%2Fmod&s=echo", "/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%22a%22%7D", "/echo"];

async fn plain_get_is_refused_426(kit: Kit) {
    let server = kit.start().await;
    for target in TARGETS {
        let answer = server.request(Method::GET, target, "").await;
        assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED, "{target}");
        for half in [
            server.dial(target).without("upgrade"),
            server.dial(target).header("upgrade", "h2c"),
            server.dial(target).header("connection", "keep-alive"),
        ] {
            assert_eq!(half.refused().await.status(), StatusCode::UPGRADE_REQUIRED, "{target}");
        }
    }
}

async fn plain_get_is_told_what_to_upgrade_to(kit: Kit) {
    let server = kit.start().await;
    for target in TARGETS {
        let answer = server.request(Method::GET, target, "").await;
        assert_eq!(answer.headers()[header::UPGRADE], "websocket", "{target}");
    }
}

async fn wrong_method_405(kit: Kit) {
    let server = kit.start().await;
    for target in TARGETS {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let plain = server.request(method.clone(), target, "").await;
            let upgrade = server.dial(target).method(method).refused().await;
            for answer in [plain, upgrade] {
                assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{target}");
                assert_eq!(answer.headers()[header::ALLOW], "GET", "{target}");
            }
        }
    }
}

async fn missing_key_400(kit: Kit) {
    let server = kit.start().await;
    let missing = server.socket("echo").without("sec-websocket-key");
    let short = server.socket("echo").header("sec-websocket-key", "c2hvcnQ=");
    let no_base64 = server.socket("echo").header("sec-websocket-key", "????????????????????????");
    for dial in [missing, short, no_base64] {
        assert_eq!(dial.refused().await.status(), StatusCode::BAD_REQUEST);
    }
}

async fn key_is_answered(kit: Kit) {
    let server = kit.start().await;
    // The first pair is the example of RFC 6455, section 1.3.
    for (key, accept) in [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
    ] {
        for target in TARGETS.into_iter().chain(["/__sockets?m=demo%2Fmod&s=denied"]) {
            let client = server.dial(target).header("sec-websocket-key", key).connect().await;
            let headers = client.head().headers();
            assert_eq!(headers[header::SEC_WEBSOCKET_ACCEPT], accept, "{target}");
            assert!(headers[header::UPGRADE].as_bytes().eq_ignore_ascii_case(b"websocket"), "{target}");
            assert!(headers[header::CONNECTION].as_bytes().eq_ignore_ascii_case(b"upgrade"), "{target}");
        }
    }
}

async fn bad_version_426_lists_13(kit: Kit) {
    let server = kit.start().await;
    let old = server.socket("echo").header("sec-websocket-version", "8");
    let missing = server.socket("echo").without("sec-websocket-version");
    for dial in [old, missing] {
        let answer = dial.refused().await;
        assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
        assert_eq!(answer.headers()[header::SEC_WEBSOCKET_VERSION], "13");
    }
}

async fn unknown_name_closes_4403(kit: Kit) {
    let server = kit.start().await;
    server.socket("nosuch").denied("unknown socket").await;
    server.dial("/__sockets").denied("unknown socket").await;
    server.dial("/__sockets?m=demo%2Fmod").denied("unknown socket").await;
    server.dial("/__sockets?s=echo").denied("unknown socket").await;
    server.dial("/__sockets?m=demo%2Fmod%3A%3Aecho&s=").denied("unknown socket").await;
}

async fn name_case_is_exact(kit: Kit) {
    let server = kit.start().await;
    server.socket("Echo").denied("unknown socket").await;
    server.dial("/__sockets?m=Demo%2Fmod&s=echo").denied("unknown socket").await;
    server.dial("/__sockets?M=demo%2Fmod&S=echo").denied("unknown socket").await;
    for path in ["/__Sockets", "/__sockets/", "/__sockets/echo"] {
        let answer = server.dial(format!("{path}?m=demo%2Fmod&s=echo")).refused().await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

async fn query_first_value_wins(kit: Kit) {
    let server = kit.start().await;
    let first = server.dial("/__sockets?m=demo%2Fmod&m=other&s=echo&s=nosuch");
    expect_hello(first).await;
    server.dial("/__sockets?m=demo%2Fmod&s=nosuch&s=echo").denied("unknown socket").await;
    let _member = server.dial(format!("{}&r=%7B%22roomId%22%3A%22b%22%7D", TARGETS[1])).connect().await;
    server.wait_for("chat.join", 1).await;
    assert_eq!(server.logged("chat.data").await, [json!(["chat.data", "anon", "a"])]);
}

async fn query_is_decoded(kit: Kit) {
    let server = kit.start().await;
    expect_hello(server.dial("/__sockets?m=demo/mod&s=%65cho")).await;
    let _plus = server.dial("/__sockets?m=demo/mod&s=chat&r=%7B%22roomId%22:%22a+b%2Bc%22%7D").connect().await;
    let _invalid = server.dial("/__sockets?m=demo/mod&s=chat&r=%7B%22roomId%22:%22%ZZ%22%7D").connect().await;
    let rooms: Vec<_> = server.wait_for("chat.data", 2).await.into_iter().map(|entry| entry[2].clone()).collect();
    assert_eq!(rooms, ["a b+c", "%ZZ"]);
}

async fn headers_are_seen(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.socket("echo").header("x-test", "seen").connect().await;
    client.expect(json!({"hello": true, "data": {"ua": "seen", "params": {}}})).await;
    let _raw = server.dial("/echo").header("X-Test", "raw").connect().await;
    assert_eq!(server.wait_for("raw.upgrade", 1).await[0][1], "raw");
}

async fn headers_of_browsers_are_understood(kit: Kit) {
    let server = kit.start().await;
    let firefox = || server.socket("echo").header("connection", "keep-alive, Upgrade").header("upgrade", "WebSocket");
    expect_hello(firefox()).await;
    // What a host makes of the offer is between it and the browser.
    let _offers = firefox().header("sec-websocket-extensions", "permessage-deflate").connect().await;
    server.wait_for("echo.open", 2).await;
}

async fn remote_addr_is_seen(kit: Kit) {
    let server = kit.start().await;
    let _client = server.dial("/echo").connect().await;
    let entry = &server.wait_for("raw.upgrade", 1).await[0];
    let addr: Option<std::net::IpAddr> = entry[2].as_str().and_then(|addr| addr.parse().ok());
    assert!(addr.is_some_and(|addr| addr.is_loopback()), "{entry}");
}

async fn request_extensions_are_seen(kit: Kit) {
    let server = kit.start().await;
    let greeting = json!({"greeting": "welcome"});
    server.socket("greeted").connect().await.expect(greeting.clone()).await;
    assert_eq!(server.logged("greeted.guard").await, [json!(["greeted.guard", "welcome"])], "a guard sees them first");
    server.dial("/greeted").connect().await.expect(greeting).await;
}

async fn subprotocol_picked_first_supported(kit: Kit) {
    let server = kit.start().await;
    for (offered, picked) in
        [("irori.v1", "irori.v1"), ("other, irori.v1, irori.v2", "irori.v1"), ("irori.v2,irori.v1", "irori.v2")]
    {
        let mut client = server.dial("/sub").header("sec-websocket-protocol", offered).connect().await;
        let answered: Vec<_> = client.head().headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().collect();
        assert_eq!(answered, [picked]);
        client.expect(json!({"protocol": picked})).await;
    }
}

async fn subprotocol_none_when_unsupported(kit: Kit) {
    let server = kit.start().await;
    for dial in [
        server.dial("/sub"),
        server.dial("/sub").header("sec-websocket-protocol", "other, IRORI.V1, irori"),
        server.dial("/echo").header("sec-websocket-protocol", "irori.v1"),
    ] {
        let client = dial.connect().await;
        assert_eq!(client.head().headers().get(header::SEC_WEBSOCKET_PROTOCOL), None);
    }
    server.dial("/sub").connect().await.expect(json!({"protocol": null})).await;
}

async fn response_headers_added(kit: Kit) {
    let server = kit.start().await;
    let client = server.dial("/echo?headers=1").connect().await;
    assert_eq!(client.head().status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(client.head().headers()["x-irori"], "yes");
    let client = server.dial("/echo").connect().await;
    assert_eq!(client.head().headers().get("x-irori"), None);
}

async fn set_cookie_kept_multiple(kit: Kit) {
    let server = kit.start().await;
    let client = server.dial("/echo?headers=1").connect().await;
    let cookies: Vec<_> = client.head().headers().get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
}

async fn origin_same_allowed(kit: Kit) {
    let server = kit.start().await;
    for (host, origin) in [
        ("app.example", "https://app.example"),
        ("app.example:8080", "http://app.example:8080"),
        ("APP.example:443", "https://app.example"),
    ] {
        expect_hello(server.socket("echo").header("host", host).header("origin", origin)).await;
    }
}

async fn origin_other_403(kit: Kit) {
    let server = kit.start().await;
    for origin in [
        "https://evil.example",
        "https://sub.app.example",
        "https://app.example.evil.example",
        "https://app.example:8080",
        "http://app.example:443",
        "null",
    ] {
        for target in TARGETS {
            let dial = server.dial(target).header("host", "app.example").header("origin", origin);
            assert_eq!(dial.refused().await.status(), StatusCode::FORBIDDEN, "{origin}");
        }
    }
    assert_eq!(server.log().await, [] as [Value; 0], "nothing of the app's runs for a foreign page");
}

async fn origin_absent_allowed(kit: Kit) {
    let server = kit.start().await;
    expect_hello(server.socket("echo").without("origin")).await;
}

async fn concurrent_upgrades_get_distinct_ids(kit: Kit) {
    let server = kit.start().await;
    let _clients = join_all((0..32).map(|_| server.socket("script").connect())).await;
    let opened = server.wait_for("script.open", 32).await;
    let mut ids: Vec<_> = opened.iter().filter_map(|entry| entry[1].as_str()).collect();
    for id in &ids {
        let is_random = id.len() == 36 && id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]);
        assert!(is_random, "{id} is no UUID of version 4");
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 32);
}

async fn other_routes_of_the_host_still_work(kit: Kit) {
    let server = kit.start().await;
    let mut client = server.dial("/echo").connect().await;
    let plain = server.request(Method::GET, "/plain", "").await;
    assert_eq!((plain.status(), &plain.body()[..]), (StatusCode::OK, &b"\"plain\""[..]));
    for path in ["/", "/nowhere", "/__sockets/more", "/echo/more"] {
        let answer = server.request(Method::GET, path, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    client.send_text("still here").await;
    assert_eq!(client.recv_text().await, "still here");
}

async fn plain_request_runs_no_guard_and_no_data(kit: Kit) {
    let server = kit.start().await;
    for target in TARGETS {
        server.request(Method::GET, target, "").await;
        server.request(Method::POST, target, "").await;
        server.dial(target).without("sec-websocket-key").refused().await;
    }
    assert_eq!(server.log().await, [] as [Value; 0]);
}

async fn direct_form_after_own_checks(kit: Kit) {
    let server = kit.start().await;
    let with_key = || server.dial("/direct").header("x-key", "open");
    for dial in [server.dial("/direct"), server.dial("/direct").header("x-key", "wrong").without("upgrade")] {
        assert_eq!(dial.refused().await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(with_key().without("upgrade").refused().await.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(with_key().header("origin", "https://evil.example").refused().await.status(), StatusCode::FORBIDDEN);

    let mut client = with_key().connect().await;
    client.send_text("hello").await;
    assert_eq!(client.recv_text().await, "hello");
    client.send_text("close:4321:bye").await;
    assert_eq!(client.expect_close().await, (4321, "bye".to_owned()));
    client.expect_end().await;
    server.wait_for("raw.close", 1).await;
    assert_eq!(server.events().await, ["raw.open", "raw.close"], "the guards of the app are none of its business");
}

async fn events_decided_per_request(kit: Kit) {
    let server = kit.start().await;
    let mut silent = server.dial("/echo?mode=silent").connect().await;
    let mut loud = server.dial("/echo").connect().await;
    for client in [&mut silent, &mut loud] {
        client.send_text("hello").await;
        client.send_text("close:4000:enough").await;
    }
    assert_eq!(silent.expect_close().await, (4000, "enough".to_owned()));
    assert_eq!(loud.recv_text().await, "hello");
    assert_eq!(loud.expect_close().await, (4000, "enough".to_owned()));
}

async fn duplicate_names_rejected_at_build(_: Kit) {
    const AT: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
    let app = App::new()
        .socket(AT, define_socket(AT, ()))
        .socket(AT, define_socket(AT, ()))
        .websocket("/raw", |_| irori::Events::new())
        .websocket("/raw", |_| irori::Events::new());
    let Err(error) = app.build() else { panic!("the second registration would have been lost") };
    let name = Problem::DuplicateName("src/echo::echo".to_owned());
    assert_eq!(error.problems(), [name, Problem::DuplicatePath("/raw".to_owned())]);
}

/// Connects to `echo`, and sees it greet.
async fn expect_hello(dial: Dial) {
    let hello = dial.connect().await.recv().await;
    assert_eq!(hello["hello"], true, "{hello}");
}
