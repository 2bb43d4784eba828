//! What is kept with a socket of a Durable Object, and outlives its memory.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::worker_sys::{ext::WebSocketExt as _, web_sys};

/// Bytes that the platform keeps with a socket.
const PLATFORM_BYTES: usize = 16_384;

/// What an array of bytes takes beyond them when it is serialised.
const OVERHEAD_BYTES: usize = 32;

/// Bytes of a record that can be kept.
pub(crate) const BUDGET: usize = PLATFORM_BYTES - OVERHEAD_BYTES;

/// Keeps a record with a socket, as the bytes of its JSON: a text would take twice its length as soon as one character is
/// beyond Latin-1.
pub(crate) fn keep(socket: &web_sys::WebSocket, record: &str) -> Result<(), String> {
    if record.len() > BUDGET {
        return Err(format!(
            "a connection of {} bytes cannot be kept with its socket: {BUDGET} are the most",
            record.len()
        ));
    }
    let bytes: JsValue = Uint8Array::from(record.as_bytes()).into();
    socket.serialize_attachment(bytes).map_err(|error| crate::socket::words(&error))
}

/// What was kept with a socket; empty when nothing of ours was.
pub(crate) fn kept(socket: &web_sys::WebSocket) -> String {
    let Ok(value) = socket.deserialize_attachment() else { return String::new() };
    if !value.is_instance_of::<Uint8Array>() {
        return String::new();
    }
    String::from_utf8(Uint8Array::from(value).to_vec()).unwrap_or_default()
}
