use http::StatusCode;

use crate::conformance::{Kit, case::cases};

cases! { "upgrade":
    bad_version_426_lists_13,
    unknown_name_closes_4403,
}

async fn bad_version_426_lists_13(kit: Kit) {
    let server = kit.start().await;
    let answer = server.socket("echo").header("sec-websocket-version", "8").refused().await;
    assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(answer.headers()["sec-websocket-version"], "13");
}

async fn unknown_name_closes_4403(kit: Kit) {
    let server = kit.start().await;
    server.socket("nosuch").denied("unknown socket").await;
    server.dial("/__sockets").denied("unknown socket").await;
    server.dial("/__sockets?m=demo%2Fmod").denied("unknown socket").await;
}
