use http::StatusCode;
use irori::{App, Rejection, Upgrade};
use irori_warp::WebSocketUpgrade;
use warp::{
    Filter,
    reply::{Reply as _, Response},
};

use crate::client::{Server, echo};

async fn checked(key: String, ws: WebSocketUpgrade) -> Response {
    match key.as_str() {
        "hearth" => ws.direct(echo()).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn a_handler_checks_and_then_upgrades() {
    let direct = warp::path!("direct" / String).and(irori_warp::ws(App::new())).then(checked);
    let server = Server::start(direct).await;
    server.connect("/direct/hearth").await.assert_echo("hello").await;
    assert_eq!(server.refused("/direct/guess").await, 401);
    assert_eq!(server.refused("/elsewhere").await, 404);
    assert_eq!(server.ask("GET", "/direct/hearth").await.status(), 426);
    assert_eq!(server.ask("POST", "/direct/hearth").await.status(), 405);
}

#[tokio::test]
async fn connections_belong_to_the_app_but_pass_no_guard_of_it() {
    let nobody = async |_: &Upgrade| Err(Rejection::Deny);
    let app = App::new().guard(nobody).limits(|limits| limits.message.bytes = 8).build().unwrap();
    let direct = warp::path!("direct" / String).and(irori_warp::ws(app.clone())).then(checked);
    let server = Server::start(direct).await;

    let mut client = server.connect("/direct/hearth").await;
    client.assert_echo("12345678").await;
    assert_eq!(app.connections(), 1);
    client.send("123456789").await;
    assert_eq!(client.closing().await, (1009, "message too big".into()));
}
