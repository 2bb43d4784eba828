//! Serves the room: `cargo run -p stock-clients`, on another port by `PORT`.

use std::{env, io};

use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says where it listens")]
async fn main() -> io::Result<()> {
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("open http://{}", listener.local_addr()?);
    axum::serve(listener, stock_clients::router()).await
}
