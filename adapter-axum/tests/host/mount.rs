use std::net::SocketAddr;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use irori::{Events, Rejection, SocketRef, Upgrade, handler::define_socket_with};

use crate::client::{app, assert_echo, closed, connect, echo, refused, request, serve, text};

#[tokio::test]
async fn an_app_stands_beside_other_routes_with_a_state_of_their_own() {
    let routes = irori_axum::routes(app().websocket("/echo", |_: &Upgrade| echo()));
    let router: Router<u8> = Router::new().route("/health", get(async |State(n): State<u8>| format!("{n} fine")));
    let address = serve(router.merge(routes).with_state(7)).await;

    assert!(request(address, "GET", "/health").await.ends_with("7 fine"));
    assert_echo(&mut connect(address, "/echo").await, "hello").await;
    assert_eq!(refused(address, "/elsewhere").await, 404);
}

#[tokio::test]
async fn an_app_can_be_nested() {
    let routes: Router = irori_axum::routes(app().websocket("/echo", |_: &Upgrade| echo()));
    let address = serve(Router::new().nest("/api", routes)).await;
    assert_echo(&mut connect(address, "/api/echo").await, "hello").await;
    assert_eq!(closed(&mut connect(address, "/api/__sockets?m=a&s=b").await).await, (4403, "unknown socket".into()));
    let script = request(address, "GET", "/api/__sockets/client.js").await;
    assert!(script.starts_with("HTTP/1.1 200 ") && script.contains("content-type: text/javascript"), "{script}");
}

#[tokio::test]
async fn what_is_no_upgrade_is_told_so() {
    let address = serve(irori_axum::routes(app().websocket("/echo", |_: &Upgrade| echo()))).await;
    let answer = request(address, "GET", "/echo").await;
    assert!(answer.starts_with("HTTP/1.1 426 ") && answer.contains("upgrade: websocket"), "{answer}");
    let answer = request(address, "POST", "/echo").await;
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("allow: GET"), "{answer}");
}

#[tokio::test]
async fn slots_that_may_be_absent_are_found_with_and_without() {
    let tell = |upgrade: &Upgrade| {
        let path = upgrade.param("path").unwrap_or("nothing").to_owned();
        Events::with(path).on_open(async |path, ws| {
            ws.send(path.as_str())?;
            Ok(())
        })
    };
    let address = serve(irori_axum::routes(app().websocket("/files/:path*", tell))).await;
    for (path, told) in [("/files", "nothing"), ("/files/", "nothing"), ("/files/a/b%20c", "a/b c")] {
        assert_eq!(text(&mut connect(address, path).await).await, told, "{path}");
    }
}

#[derive(Clone)]
struct User(String);

async fn sign_in(mut request: Request, next: Next) -> Response {
    if let Some(name) = request.uri().query().and_then(|query| query.split("name=").nth(1)) {
        let user = User(name.to_owned());
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}

async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
    upgrade.extension::<User>().map(|_| ()).ok_or(Rejection::Deny)
}

#[tokio::test]
async fn what_middleware_sets_is_seen_by_guards_and_data() {
    const WHO: SocketRef<(), String> = SocketRef::new("src/who", "who");
    let data = async |(): &(), upgrade: &Upgrade, _: &_| {
        upgrade.extension().map(|User(name)| name.clone()).ok_or(Rejection::Deny)
    };
    let who = define_socket_with(WHO, (), data).on_open(async |(), socket| {
        let name = socket.data().clone();
        socket.send(&name)?;
        Ok(())
    });
    let routes: Router = irori_axum::routes(app().guard(signed_in).socket(WHO, who));
    let address = serve(routes.layer(from_fn(sign_in))).await;

    assert_eq!(text(&mut connect(address, "/__sockets?m=src/who&s=who&name=ada").await).await, "\"ada\"");
    let mut nobody = connect(address, "/__sockets?m=src/who&s=who").await;
    assert_eq!(closed(&mut nobody).await, (4403, "forbidden".into()));
}

#[tokio::test]
async fn the_address_of_the_peer_is_known() {
    let tell = |upgrade: &Upgrade| {
        Events::with(upgrade.remote_addr()).on_open(async |address: &Option<SocketAddr>, ws| {
            ws.send(format!("{address:?}"))?;
            Ok(())
        })
    };
    let address = serve(irori_axum::routes(app().websocket("/where", tell))).await;
    let mut client = connect(address, "/where").await;
    assert_eq!(text(&mut client).await, format!("{:?}", client.get_ref().local_addr().ok()));
}

#[test]
#[should_panic(expected = "`/echo` is served twice")]
fn an_app_that_cannot_be_built_says_why() {
    let app = app().websocket("/echo", |_: &Upgrade| echo()).websocket("/echo", |_: &Upgrade| echo());
    let _: Router = irori_axum::routes(app);
}
