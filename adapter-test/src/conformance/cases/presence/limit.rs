//! How much a member may show, and how often (`limits.presence`: 2 KiB, and 20 updates a second).

use serde_json::{Value, json};

use crate::conformance::{Client, Kit, case::cases};

cases! { "presence":
    last_update_wins,
    state_size_limit,
    rate_limit_coalesces,
    rate_limit_is_per_member,
}

/// The updates of the number that a member shows, until this one.
async fn numbers_until(client: &mut Client, last: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        numbers.extend(client.recv().await["state"].as_u64());
    }
    numbers
}

async fn last_update_wins(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, _) = server.join("chat", "1").await;
    let (mut client, _) = server.join("chat", "1").await;
    for number in 0..40 {
        client.show(json!(number)).await;
    }
    for seen in [numbers_until(&mut watcher, 39).await, numbers_until(&mut client, 39).await] {
        assert!(seen.is_sorted_by(|one, next| one < next), "never an older one after a newer: {seen:?}");
    }
    let (_, members) = server.room("chat", "1").connect().await.expect_snapshot().await;
    assert_eq!(members[1]["state"], 39);
}

async fn state_size_limit(kit: Kit) {
    const LIMIT: usize = 2 * 1024;
    let server = kit.start().await;
    let (mut client, id) = server.join("chat", "1").await;
    // With its two quotes it is as long as the limit allows.
    let longest = Value::from("x".repeat(LIMIT - 2));
    client.show(longest.clone()).await;
    client.expect_presence(&id, "update", Some(longest.clone())).await;
    client.show(Value::from("y".repeat(LIMIT - 1))).await;
    client.expect_quiet(&id).await;
    let (_, members) = server.room("chat", "1").connect().await.expect_snapshot().await;
    assert_eq!(members[0]["state"], longest);
    let errors = server.logged("error").await;
    assert_eq!(errors.len(), 1);
    assert_eq!((&errors[0][1], &errors[0][3]), (&json!("chat"), &json!("limit")));
}

async fn rate_limit_coalesces(kit: Kit) {
    let server = kit.start().await;
    let (mut watcher, _) = server.join("chat", "1").await;
    let (mut client, _) = server.join("chat", "1").await;
    for number in 0..60 {
        client.show(json!(number)).await;
    }
    let seen = numbers_until(&mut watcher, 59).await;
    assert_eq!(seen[0], 0, "the first is shown at once");
    assert!(seen.len() < 30, "most are skipped: {seen:?}");
    assert_eq!(numbers_until(&mut client, 59).await, seen, "all members see the same");
    assert_eq!(server.logged("error").await, [Value::Null; 0], "which is no breach");
}

async fn rate_limit_is_per_member(kit: Kit) {
    let server = kit.start().await;
    let (mut hasty, _) = server.join("chat", "1").await;
    let (mut calm, calm_id) = server.join("chat", "1").await;
    for number in 0..60 {
        hasty.show(json!(number)).await;
    }
    assert_eq!(calm.recv().await["state"], 0);
    // So few are skipped for nobody but one who has used up its own share.
    for number in 100..105 {
        calm.show(json!(number)).await;
    }
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let frame = calm.recv().await;
        if frame["from"] == json!(calm_id) {
            seen.push(frame["state"].clone());
        }
    }
    assert_eq!(json!(seen), json!([100, 101, 102, 103, 104]));
}
