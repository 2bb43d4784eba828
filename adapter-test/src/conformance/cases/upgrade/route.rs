//! Raw routes whose paths have params: which requests they match, and what of a path is whose.

use http::{Method, StatusCode};
use serde_json::json;

use crate::conformance::{Kit, case::cases};

cases! { "upgrade":
    route_params_are_seen,
    absent_route_params_are_absent,
    routes_match_whole_paths,
}

async fn route_params_are_seen(kit: Kit) {
    let server = kit.start().await;
    for (path, params) in [
        ("/tell/ada", json!({"name": "ada"})),
        ("/tell/%E8%8C%B6%20%2F%3F", json!({"name": "茶 /?"})),
        ("/tell/a+b:c?name=query", json!({"name": "a+b:c"})),
        ("/seat/7", json!({"row": "7"})),
        ("/files/notes.txt", json!({"path": "notes.txt"})),
        ("/files/a/b%20c/d", json!({"path": "a/b c/d"})),
        ("/tree/oak/1", json!({"branch": "oak/1"})),
    ] {
        server.request(Method::POST, "/log/clear", "").await;
        server.dial(path).connect().await.expect(json!({"params": params})).await;
        assert_eq!(server.logged("guard.app").await, [json!(["guard.app", null, params])], "{path}: a guard sees them");
    }
}

async fn absent_route_params_are_absent(kit: Kit) {
    let server = kit.start().await;
    for path in ["/seat", "/files", "/files/"] {
        server.dial(path).connect().await.expect(json!({"params": {}})).await;
    }
}

async fn routes_match_whole_paths(kit: Kit) {
    let server = kit.start().await;
    for path in ["/tell", "/tell/", "/tell/a/b", "/Tell/a", "/seat/", "/seat/7/8", "/tree", "/tree/", "/filesystem"] {
        let plain = server.request(Method::GET, path, "").await;
        let upgrade = server.dial(path).refused().await;
        for answer in [plain, upgrade] {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
