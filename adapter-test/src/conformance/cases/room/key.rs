//! Which room a key leads to.

use serde_json::{Value, json};

use crate::conformance::{Client, Kit, case::cases};

cases! { "room":
    key_params_parsed,
    bad_key_denied,
    topic_escapes_values,
    one_key_however_it_is_spelled,
}

async fn key_params_parsed(kit: Kit) {
    let server = kit.start().await;
    for (params, read) in [
        (json!({"from": "Kyōto", "to": "Ōsaka", "number": "7"}), json!({"from": "Kyōto", "to": "Ōsaka", "number": 7})),
        (json!({"number": "0", "from": "a/b"}), json!({"from": "a/b", "to": null, "number": 0})),
        (json!({"from": "a", "number": "1", "more": [1]}), json!({"from": "a", "to": null, "number": 1})),
    ] {
        let mut client = server.keyed("line", &params).connect().await;
        let (id, members) = client.expect_snapshot().await;
        assert_eq!(members, [json!({"id": id, "state": read})]);
    }
    server.keyed("rest", &json!({"path": "a/b c/d"})).connect().await.expect_snapshot().await;
    server.keyed("rest", &json!({})).connect().await.expect_snapshot().await;
    let read = server.logged("rest.params").await;
    assert_eq!(read, [json!(["rest.params", {"path": "a/b c/d"}, "a/b c/d"]), json!(["rest.params", {}, null])]);
}

async fn bad_key_denied(kit: Kit) {
    let server = kit.start().await;
    for params in [json!({}), json!({"roomId": ""}), json!({"roomId": 1}), json!({"roomId": null}), json!(["1"])] {
        server.keyed("chat", &params).denied("forbidden").await;
    }
    for params in [
        json!({"from": "a", "number": "seven"}),
        json!({"from": "a", "number": "-1"}),
        json!({"from": "a", "to": 5, "number": "7"}),
        json!({"number": "7"}),
    ] {
        server.keyed("line", &params).denied("forbidden").await;
    }
    let chat = "/__sockets?m=demo%2Fmod&s=chat";
    for r in ["", "&r=", "&r=null", "&r=1", "&r=%7B", "&r=%7B%22roomId%22%3A%221%22", "&r=roomId"] {
        server.dial(format!("{chat}{r}")).denied("forbidden").await;
    }
    assert_eq!(server.log().await, [Value::Null; 0], "nothing of the app's ran, guards included");
}

async fn topic_escapes_values(kit: Kit) {
    let server = kit.start().await;
    // Each pair would be one room if values stood in the topic as they came.
    for (name, one, other) in [
        ("line", json!({"from": "a/b", "number": "1"}), json!({"from": "a", "to": "b", "number": "1"})),
        ("line", json!({"from": "a", "to": "b/2", "number": "1"}), json!({"from": "a/b", "to": "2", "number": "1"})),
        ("chat", json!({"roomId": "a/b"}), json!({"roomId": "a%2Fb"})),
        ("chat", json!({"roomId": "é"}), json!({"roomId": "%C3%A9"})),
        ("chat", json!({"roomId": "a b"}), json!({"roomId": "a+b"})),
        ("chat", json!({"roomId": "."}), json!({"roomId": ".."})),
        ("rest", json!({"path": "a/b"}), json!({"path": "a%2Fb"})),
    ] {
        let mut clients: Vec<Client> = Vec::new();
        for params in [&one, &other] {
            let mut client = server.keyed(name, params).connect().await;
            let (_, members) = client.expect_snapshot().await;
            assert_eq!(members.len(), 1, "{name} of {params} is a room of its own");
            clients.push(client);
        }
        let (_, members) = server.keyed(name, &one).connect().await.expect_snapshot().await;
        assert_eq!(members.len(), 2, "{name} of {one} is the room it was");
    }
}

async fn one_key_however_it_is_spelled(kit: Kit) {
    let server = kit.start().await;
    let (_watcher, _) = server.join("chat", "é b").await;
    for r in [
        "%7B%22roomId%22%3A%22%C3%A9%20b%22%7D",
        "%7B%22roomId%22%3A%22%C3%A9+b%22%7D",
        "%7b%20%22x%22:0,%22roomId%22%20:%22%5cu00e9%20b%22%7d",
        "%7B%22roomId%22%3A%22%C3%A9%20b%22%7D&r=%7B%22roomId%22%3A%22other%22%7D",
    ] {
        let mut client = server.dial(format!("/__sockets?m=demo/mod&s=chat&r={r}")).connect().await;
        let (_, members) = client.expect_snapshot().await;
        assert_eq!(members.len(), 2, "{r} is the same room");
        client.close(1000, "").await;
        server.wait_for("chat.leave", 1).await;
        server.request(http::Method::POST, "/log/clear", "").await;
    }
}
