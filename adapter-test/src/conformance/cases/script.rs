//! The browser client, which is served below the endpoint.

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use irori::{App, Events, app::Problem};
use irori_client_js::CLIENT;
use serde_json::Value;

use crate::conformance::{Dial, Kit, Profile, Server, case::cases};

cases! { "script":
    served_with_type_and_tag,
    revalidated_by_tag,
    head_has_no_body,
    wrong_method_405,
    a_wish_to_upgrade_is_ignored,
    pages_of_any_origin_may_import_it,
    no_limit_counts_it [Census],
    served_while_the_host_drains [Drain],
    below_the_endpoint_wherever_that_is,
    off_when_off,
    taken_path_rejected_at_build,
}

const PATH: &str = "/__sockets/client.js";

async fn served_with_type_and_tag(kit: Kit) {
    let server = kit.start().await;
    let answer = ask(&server, PATH).refused().await;
    expect_script(&answer);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let tag = tag_of(&answer);
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "{tag} is no strong tag");
    assert_eq!(tag_of(&ask(&server, PATH).refused().await), tag, "the text is the same");
    assert_eq!(server.log().await, [] as [Value; 0], "nothing of the app's runs");
}

async fn revalidated_by_tag(kit: Kit) {
    let server = kit.start().await;
    let tag = tag_of(&ask(&server, PATH).refused().await);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = ask(&server, PATH).header("if-none-match", &known).refused().await;
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(answer.body(), "", "{known}");
        assert_eq!(tag_of(&answer), tag);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    }
    expect_script(&ask(&server, PATH).header("if-none-match", "\"other\"").refused().await);
}

async fn head_has_no_body(kit: Kit) {
    let server = kit.start().await;
    let whole = ask(&server, PATH).refused().await;
    let head = ask(&server, PATH).method(Method::HEAD).refused().await;
    assert_eq!((head.status(), head.body()), (StatusCode::OK, &Bytes::new()));
    for name in [header::CONTENT_TYPE, header::ETAG, header::CACHE_CONTROL] {
        assert_eq!(head.headers()[&name], whole.headers()[&name]);
    }
    let known = ask(&server, PATH).method(Method::HEAD).header("if-none-match", &tag_of(&whole)).refused().await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
}

async fn wrong_method_405(kit: Kit) {
    let server = kit.start().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let answer = ask(&server, PATH).method(method.clone()).refused().await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.headers()[header::ALLOW], "GET, HEAD", "{method}");
    }
}

async fn a_wish_to_upgrade_is_ignored(kit: Kit) {
    let server = kit.start().await;
    expect_script(&server.dial(PATH).refused().await);
    expect_script(&server.dial(format!("{PATH}?m=demo%2Fmod&s=echo")).refused().await);
    assert_eq!(server.log().await, [] as [Value; 0]);
}

async fn pages_of_any_origin_may_import_it(kit: Kit) {
    let server = kit.start().await;
    for origin in ["https://elsewhere.example", "null"] {
        let answer = ask(&server, PATH).header("origin", origin).refused().await;
        expect_script(&answer);
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
    }
}

async fn no_limit_counts_it(kit: Kit) {
    let server = kit.start_with(Profile::Crowded).await;
    let _clients = [server.socket("echo").connect().await, server.socket("echo").connect().await];
    assert_eq!(server.socket("echo").refused().await.status(), StatusCode::SERVICE_UNAVAILABLE);
    expect_script(&ask(&server, PATH).refused().await);
}

async fn served_while_the_host_drains(kit: Kit) {
    let server = kit.start().await;
    server.request(Method::POST, "/drain", "").await;
    assert_eq!(server.socket("echo").refused().await.status(), StatusCode::SERVICE_UNAVAILABLE);
    expect_script(&ask(&server, PATH).refused().await);
}

async fn below_the_endpoint_wherever_that_is(kit: Kit) {
    let server = kit.start_with(Profile::Moved).await;
    expect_script(&ask(&server, "/deep/sockets/client.js").refused().await);
    for path in [PATH, "/deep/client.js", "/deep/sockets/client.js/", "/deep/sockets/Client.js"] {
        assert_eq!(server.request(Method::GET, path, "").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let mut client = server.dial("/deep/sockets?m=demo%2Fmod&s=echo").connect().await;
    assert_eq!(client.recv().await["hello"], true);
}

async fn off_when_off(kit: Kit) {
    let server = kit.start_with(Profile::Bare).await;
    assert_eq!(server.request(Method::GET, PATH, "").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(server.dial(PATH).refused().await.status(), StatusCode::NOT_FOUND);
    let mut client = server.socket("echo").connect().await;
    assert_eq!(client.recv().await["hello"], true);
}

async fn taken_path_rejected_at_build(_: Kit) {
    let app = || App::new().endpoint("/live").websocket("/live/client.js", |_| Events::new());
    let Err(error) = app().build() else { panic!("one of them would have been hidden") };
    assert_eq!(error.problems(), [Problem::DuplicatePath("/live/client.js".to_owned())]);
    assert!(app().without_client_script().build().is_ok());
}

/// Asks as a page does that imports it.
fn ask(server: &Server, path: &str) -> Dial {
    let handshake = ["connection", "upgrade", "sec-websocket-version", "sec-websocket-key"];
    handshake.into_iter().fold(server.dial(path), Dial::without)
}

/// Expects the whole text, marked as a script.
#[track_caller]
fn expect_script(answer: &Response<Bytes>) {
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert!(answer.body() == CLIENT, "{} bytes came of {}", answer.body().len(), CLIENT.len());
}

#[track_caller]
fn tag_of(answer: &Response<Bytes>) -> String {
    let tag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    tag.unwrap_or_else(|| panic!("{answer:?} has no tag")).to_owned()
}
