//! The client by tokio-tungstenite, run as its user runs it, twice.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{net::SocketAddr, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn two_clients_hear_each_other() {
    let address = serve(stock_clients::router()).await;
    let mut first = Client::start(address);
    let snapshot = first.heard().await;
    let me = snapshot["self"].clone();
    assert_eq!(snapshot, json!({"t": "snapshot", "self": me, "members": [{"id": me, "state": null}]}));
    assert_eq!(first.heard().await, json!({"from": me, "t": "presence", "op": "update", "state": "tungstenite"}));

    let mut second = Client::start(address);
    let snapshot = second.heard().await;
    let other = snapshot["self"].clone();
    assert_eq!(snapshot["members"], json!([{"id": me, "state": "tungstenite"}, {"id": other, "state": null}]));

    assert_eq!(first.heard().await, json!({"from": other, "t": "presence", "op": "join", "state": null}));
    assert_eq!(first.heard().await, json!({"from": other, "t": "presence", "op": "update", "state": "tungstenite"}));
    assert_eq!(first.heard().await, json!({"from": other, "t": "msg", "msg": "hello from tungstenite"}));
    second.process.kill().await.unwrap();
    assert_eq!(first.heard().await, json!({"from": other, "t": "presence", "op": "leave"}));
}

#[tokio::test]
async fn a_denial_is_told_by_its_code() {
    let nothing = irori_axum::routes::<()>(irori::App::new());
    let mut client = Client::start(serve(nothing).await);
    assert_eq!(client.line().await, "closed: 4403 unknown socket");
    assert!(client.process.wait().await.unwrap().success());
}

async fn serve(router: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

/// A client, and what it prints. It ends with the test.
struct Client {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Client {
    fn start(address: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tungstenite"));
        command.arg(format!("ws://{address}")).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// The next frame that it heard.
    async fn heard(&mut self) -> Value {
        serde_json::from_str(&self.line().await).unwrap()
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("it hears something in time");
        line.unwrap().expect("it goes on")
    }
}
