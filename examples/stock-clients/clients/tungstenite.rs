//! A room by tokio-tungstenite: `cargo run -p stock-clients --bin tungstenite`.

use std::{env, error::Error};

use futures_util::{SinkExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says what it hears")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = env::args().nth(1).unwrap_or_else(|| "ws://127.0.0.1:3000".to_owned());
    let query = "m=src/lobby&s=talk&r=%7B%22lobby%22:%22main%22%7D"; // module, name, and the key as JSON
    let (mut socket, _) = connect_async(format!("{server}/__sockets?{query}")).await?;

    while let Some(message) = socket.try_next().await? {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(Some(frame)) => {
                println!("closed: {} {}", u16::from(frame.code), frame.reason);
                continue;
            }
            _ => continue,
        };
        println!("{text}");
        let frame: Value = serde_json::from_str(&text)?;
        if frame["t"] == "snapshot" {
            socket.send(Message::text(json!({"t": "presence", "state": "tungstenite"}).to_string())).await?;
            socket.send(Message::text(json!({"t": "msg", "msg": "hello from tungstenite"}).to_string())).await?;
        }
    }
    Ok(())
}
