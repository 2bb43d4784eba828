//! Who comes in, and how everybody goes.

use std::time::Duration;

use chat::shared::CHAT;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{EPOCH, House, SECRET};

#[test]
fn a_token_comes_in_the_header_among_the_subprotocols_or_in_the_query() {
    let house = House::new();
    let token = house.token("Ada");
    let door = || house.server.socket(CHAT);
    let query = format!("/__sockets?m=src%2Fchat&s=chat&token={token}");
    for (connect, protocol) in [
        (door().header("authorization", &format!("bearer {token}")), None),
        (door().header("sec-websocket-protocol", &format!("chat, token.{token}")), Some("chat")),
        (door().header("sec-websocket-protocol", &format!("token.{token}, chat")), Some("chat")),
        (house.server.request(query), None),
    ] {
        let mut ada = connect.connect();
        ada.expect_open();
        assert_eq!(ada.protocol(), protocol);
        ada.send_json(&json!({"type": "join", "room": "lobby"}));
        assert_eq!(ada.recv_json::<Value>(), json!({"type": "joined", "room": "lobby", "users": ["Ada"]}));
    }
}

#[test]
fn without_a_good_token_nobody_comes_in() {
    let house = House::new();
    let (now, soon) = (EPOCH.as_secs(), EPOCH.as_secs() + 60);
    let claims = json!({"sub": "Ada", "aud": "chat", "exp": soon});
    let signed = |algorithm, claims: &Value, secret: &[u8]| {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let good = signed(Algorithm::HS256, &claims, SECRET);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (_, body) = head.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{body}."); // {"alg":"none"}

    for good in [
        &claims,
        &json!({"sub": "Ada", "aud": ["mail", "chat"], "exp": soon}),
        &json!({"sub": "Ada", "aud": "chat", "exp": soon, "nbf": now}),
    ] {
        house.with_token(&signed(Algorithm::HS256, good, SECRET)).connect().expect_open();
    }
    house.server.socket(CHAT).connect().expect_close(4403);
    for bad in [
        "",
        "hello",
        &format!("{head}.{}", signature.to_uppercase()),
        &unsigned,
        &signed(Algorithm::HS256, &claims, b"another secret"),
    ] {
        let reason = house.with_token(bad).connect().expect_close(4403);
        assert_eq!(reason, "forbidden", "{bad}");
    }
    for bad in [
        json!({"sub": "Ada", "aud": "chat"}),
        json!({"aud": "chat", "exp": soon}),
        json!({"sub": "Ada", "aud": "chat", "exp": now}),
        json!({"sub": "Ada", "aud": "chat", "exp": soon, "nbf": now + 1}),
        json!({"sub": "Ada", "aud": "chat", "exp": soon, "nbf": "now"}),
        json!({"sub": "Ada", "aud": "mail", "exp": soon}),
        json!({"sub": "Ada", "aud": ["mail"], "exp": soon}),
        json!({"sub": "Ada", "exp": soon}),
        json!({"sub": " Ada", "aud": "chat", "exp": soon}),
        json!({"sub": "Ada\u{200B}", "aud": "chat", "exp": soon}),
        json!({"sub": "x".repeat(41), "aud": "chat", "exp": soon}),
    ] {
        let reason = house.with_token(&signed(Algorithm::HS256, &bad, SECRET)).connect().expect_close(4403);
        assert_eq!(reason, "forbidden", "{bad}");
    }
}

/// Or a browser fails, and its page cannot tell why.
#[test]
fn who_is_denied_is_answered_with_the_protocol_they_offered() {
    let house = House::new();
    for offered in ["chat, token.hello", "token.hello, chat", "chat"] {
        let mut nobody = house.server.socket(CHAT).header("sec-websocket-protocol", offered).connect();
        assert_eq!(nobody.protocol(), Some("chat"), "{offered}");
        assert_eq!(nobody.expect_close(4403), "forbidden", "{offered}");
    }
}

#[test]
fn a_token_that_is_not_good_yet_is_later() {
    let house = House::new();
    let claims = json!({"sub": "Ada", "aud": "chat", "exp": EPOCH.as_secs() + 60, "nbf": EPOCH.as_secs() + 30});
    let token = encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET)).unwrap();
    house.server.advance(Duration::from_secs(29));
    house.with_token(&token).connect().expect_close(4403);
    house.server.advance(Duration::from_secs(1));
    house.with_token(&token).connect().expect_open();
}

/// Before anything it says is misread.
#[test]
fn a_page_of_another_contract_is_told_so() {
    let house = House::new();
    let token = house.token("Ada");
    let page =
        |contract: &str| house.server.request(format!("/__sockets?m=src/chat&s=chat&c={contract}&token={token}"));
    page(&chat::shared::contract().hash()).connect().expect_open();
    assert_eq!(page("0123456789abcdef").connect().expect_close(4409), "contract");
}

#[test]
fn a_token_opens_the_door_for_a_minute_and_who_is_in_stays() {
    let house = House::new();
    let token = house.token("Ada");
    house.server.advance(Duration::from_secs(59));
    let mut ada = house.with_token(&token).connect();
    house.server.advance(Duration::from_secs(1));
    house.with_token(&token).connect().expect_close(4403);
    ada.expect_open();
}

#[test]
fn a_chat_that_stops_says_goodbye() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    house.server.drain();
    ada.client.expect_close(1001);
}

#[test]
fn who_says_goodbye_is_answered() {
    let house = House::new();
    let mut ada = house.enter_room("Ada", "lobby");
    ada.client.close(1000, "");
    ada.client.expect_close(1000);
}
