use std::net::SocketAddr;

use http::{Request, header};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use irori::{App, Events, Rejection, SocketRef, Upgrade, handler::define_socket_with};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use warp::Filter;

use crate::client::{Server, echo, echo_app, upgrade, within};

#[tokio::test]
async fn an_app_stands_among_other_filters() {
    let health = warp::path!("health").map(|| "fine");
    let unknown = warp::path!("unknown" / ..).map(|| "unknown");
    let server = Server::start(health.or(irori_warp::routes(echo_app())).or(unknown)).await;

    assert_eq!(server.ask("GET", "/health").await.body(), "fine");
    server.connect("/echo").await.assert_echo("hello").await;
    assert_eq!(server.ask("GET", "/unknown/echo").await.body(), "unknown");
    assert_eq!(server.refused("/elsewhere").await, 404);
    assert_eq!(server.refused("/echo/").await, 404);
}

#[tokio::test]
async fn an_app_can_be_under_a_path() {
    let app = echo_app().websocket("/", |_: &Upgrade| echo());
    let server = Server::start(warp::path("api").and(irori_warp::routes(app))).await;
    server.connect("/api/echo").await.assert_echo("hello").await;
    server.connect("/api").await.assert_echo("at the root").await;
    let mut unknown = server.connect("/api/__sockets?m=a&s=b").await;
    assert_eq!(unknown.closing().await, (4403, "unknown socket".into()));
    let script = server.ask("GET", "/api/__sockets/client.js").await;
    assert_eq!(script.status(), 200);
    assert_eq!(script.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(server.refused("/echo").await, 404);
}

#[tokio::test]
async fn what_is_no_upgrade_is_told_so_whatever_comes_after() {
    let server = Server::start(irori_warp::routes(echo_app()).or(warp::any().map(|| "anything"))).await;
    let answer = server.ask("GET", "/echo").await;
    assert_eq!(answer.status(), 426);
    assert_eq!(answer.headers()[header::UPGRADE], "websocket");
    let answer = server.ask("POST", "/echo").await;
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()[header::ALLOW], "GET");
    assert_eq!(server.ask("POST", "/elsewhere").await.body(), "anything");
}

#[derive(Clone)]
struct User(String);

async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
    upgrade.extension::<User>().map(|_| ()).ok_or(Rejection::Deny)
}

/// An app for users, that tells each its name.
fn who() -> App {
    const WHO: SocketRef<(), String> = SocketRef::new("src/who", "who");
    let data = async |(): &(), upgrade: &Upgrade, _: &_| {
        upgrade.extension().map(|User(name)| name.clone()).ok_or(Rejection::Deny)
    };
    let who = define_socket_with(WHO, (), data).on_open(async |(), socket| {
        let name = socket.data().clone();
        socket.send(&name)?;
        Ok(())
    });
    App::new().guard(signed_in).socket(WHO, who)
}

#[tokio::test]
async fn what_a_filter_extracts_is_seen_by_guards_and_data() {
    let server = Server::start(irori_warp::routes_with(who(), warp::header("x-user").map(User))).await;
    let mut ada = server.connect_by(upgrade("/__sockets?m=src/who&s=who").header("x-user", "ada")).await.unwrap();
    assert_eq!(ada.text().await, "\"ada\"");
    assert_eq!(server.refused("/__sockets?m=src/who&s=who").await, 400, "the filter rejects");
    assert_eq!(server.refused("/elsewhere").await, 404, "the filter is not asked");

    let server = Server::start(irori_warp::routes(who())).await;
    let mut nobody = server.connect("/__sockets?m=src/who&s=who").await;
    assert_eq!(nobody.closing().await, (4403, "forbidden".into()));
}

#[tokio::test]
async fn what_a_layer_attaches_is_handed_on() {
    let routes = irori_warp::routes_with(who(), warp::ext::get::<User>());
    let service = TowerToHyperService::new(warp::service(routes));
    let layered = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(User("ada".into()));
        service.call(request)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::at(listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        http1::Builder::new().serve_connection(TokioIo::new(stream), layered).with_upgrades().await.unwrap();
    });
    assert_eq!(server.connect("/__sockets?m=src/who&s=who").await.text().await, "\"ada\"");
}

/// An app that tells where it sees the peer.
fn here() -> App {
    App::new().websocket("/where", |upgrade: &Upgrade| {
        Events::with(upgrade.remote_addr()).on_open(async |address: &Option<SocketAddr>, ws| {
            ws.send(format!("{address:?}"))?;
            Ok(())
        })
    })
}

#[tokio::test]
async fn an_address_that_is_extracted_is_the_peers() {
    let forwarded = warp::header::<SocketAddr>("x-forwarded");
    let server = Server::start(irori_warp::routes_with(here(), forwarded)).await;
    let mut client = server.connect_by(upgrade("/where").header("x-forwarded", "192.0.2.1:80")).await.unwrap();
    assert_eq!(client.text().await, "Some(192.0.2.1:80)");
}

#[tokio::test]
async fn http_1_0_is_refused_before_any_guard() {
    let fails = async |_: &Upgrade| Err(Rejection::error("a guard was asked"));
    let app = App::new().guard(fails).websocket("/echo", |_: &Upgrade| Events::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    tokio::spawn(warp::serve(irori_warp::routes(app)).incoming(listener).run());
    let request = upgrade("/echo").body(()).unwrap();
    let headers = request.headers().iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let head = format!("GET /echo HTTP/1.0\r\n{}\r\n", headers.collect::<String>());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 426 "), "{answer}");
}

#[test]
#[should_panic(expected = "`/echo` is served twice")]
fn an_app_that_cannot_be_built_says_why() {
    let _ = irori_warp::routes(echo_app().websocket("/echo", |_: &Upgrade| Events::new()));
}
