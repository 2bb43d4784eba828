//! Contracts: a client that was made for another version of the app is told so.

use serde_json::{Value, json};

use crate::conformance::{Dial, Kit, Profile, case::cases};

cases! { "upgrade":
    other_contract_closes_4409,
    other_contract_runs_nothing,
    same_contract_is_let_in,
    contract_is_asked_of_who_names_one,
}

const ROOM: &str = "/__sockets?m=demo%2Fmod&s=chat&r=%7B%22roomId%22%3A%22a%22%7D";

async fn other_contract_closes_4409(kit: Kit) {
    let server = kit.start().await;
    for target in ["/__sockets?m=demo%2Fmod&s=echo", ROOM] {
        for other in ["deadbeef", "C0FFEE", "c0ffee+", ""] {
            expect_outdated(server.dial(format!("{target}&c={other}"))).await;
        }
    }
    expect_outdated(server.dial("/__sockets?c=other&m=demo%2Fmod&s=echo&c=c0ffee")).await;
}

/// What an outdated page asks for may be there no longer, its key may not be read any more, and its guard may deny it: none
/// of that is what it is to hear.
async fn other_contract_runs_nothing(kit: Kit) {
    let server = kit.start().await;
    for query in ["s=nosuch", "s=chat&r=%5B%5D", "s=denied", "s=guardboom", "s=databoom", "s=echo"] {
        expect_outdated(server.dial(format!("/__sockets?m=demo%2Fmod&{query}&c=other"))).await;
    }
    assert_eq!(server.log().await, [] as [Value; 0]);
}

async fn same_contract_is_let_in(kit: Kit) {
    let server = kit.start().await;
    let mut echo = server.dial("/__sockets?m=demo%2Fmod&s=echo&c=c0ffee").connect().await;
    assert_eq!(echo.recv().await["hello"], true);
    let mut member = server.dial(format!("{ROOM}&c=%630ffee")).connect().await;
    member.expect_snapshot().await;
    server.dial("/__sockets?m=demo%2Fmod&s=denied&c=c0ffee").denied("forbidden").await;
}

async fn contract_is_asked_of_who_names_one(kit: Kit) {
    let server = kit.start().await;
    server.dial(ROOM).connect().await.expect_snapshot().await;
    let mut raw = server.dial("/echo?c=other").connect().await;
    raw.send_text("no contract is kept here").await;
    assert_eq!(raw.recv_text().await, "no contract is kept here");

    let without = kit.start_with(Profile::Bare).await;
    without.dial(format!("{ROOM}&c=other")).connect().await.expect_snapshot().await;
    assert_eq!(without.logged("chat.data").await, [json!(["chat.data", "anon", "a"])]);
}

/// Connects, and expects a 101, and then the close frame that tells an outdated client, at once.
async fn expect_outdated(dial: Dial) {
    let mut client = dial.connect().await;
    assert_eq!(client.expect_close().await, (4409, "contract".to_owned()));
    client.expect_end().await;
}
