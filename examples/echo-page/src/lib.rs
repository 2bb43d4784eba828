//! The smallest page with a client in Rust, for a server with this socket: `cargo xtask page build echo-page`, and `/` of
//! `cargo run -p echo`. `cargo xtask sizes` weighs it.

#![cfg(target_family = "wasm")]

use irori_client::{Options, SocketRef, use_socket};
use wasm_bindgen::{JsError, prelude::wasm_bindgen};
use web_sys::window;

const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");

#[wasm_bindgen(start)]
async fn main() -> Result<(), JsError> {
    let body = window().and_then(|window| window.document()?.body()).ok_or_else(|| JsError::new("there is no page"))?;
    let echo = use_socket(ECHO, Options::here());
    let mut messages = echo.messages();
    echo.send(&"Is anybody there?".to_owned())?;
    while let Some(text) = messages.recv().await {
        body.set_text_content(Some(&text));
    }
    Ok(())
}
