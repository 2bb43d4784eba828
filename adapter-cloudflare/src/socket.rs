//! A WebSocket of the platform, as both of its owners see it.

use irori::{
    transport::Received,
    wire::{CloseFrame, Frame, Opcode},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::worker_sys::web_sys;

// An import of its own: what catches exceptions on the way costs as much as the call.
#[wasm_bindgen(inline_js = r#"
let failure;

export function try_send(socket, message) {
  try {
    socket.send(message);
    return 0;
  } catch (error) {
    failure = error;
  }
  try {
    return socket.readyState === 1 ? 2 : 1;
  } catch {
    return 2; // it may not even be asked from here
  }
}

export function take_failure() {
  const error = failure;
  failure = undefined;
  return error;
}
"#)]
extern "C" {
    /// Sends a message: 0 when that went well, 1 when the socket is dead, 2 when it is not.
    fn try_send(socket: &web_sys::WebSocket, message: &JsValue) -> u32;

    /// Why the last one did not.
    fn take_failure() -> JsValue;
}

/// Sends a message that was made into a value of JavaScript before.
///
/// # Errors
///
/// When the socket is dead. One that is open fails when it belongs to another object or request than the event that runs:
/// then the message is lost, and the socket is not.
pub(crate) fn send(socket: &web_sys::WebSocket, message: &JsValue) -> Result<(), String> {
    let sent = try_send(socket, message);
    if sent == 0 {
        return Ok(());
    }
    let error = words(&take_failure());
    if sent == 1 {
        return Err(error);
    }
    tracing::warn!(error, "a message is lost; a handle reaches no connection of another object or request");
    Ok(())
}

/// What a frame carries, as a value of JavaScript.
pub(crate) fn value(frame: &Frame) -> JsValue {
    let payload = frame.payload();
    match (frame.opcode(), std::str::from_utf8(&payload)) {
        (Opcode::Text, Ok(text)) => JsValue::from_str(text),
        _ => Uint8Array::from(&payload[..]).into(),
    }
}

/// A message, as a handler reads it; `None` when it is over so many bytes, in which case it is not read at all.
pub(crate) fn message(value: &JsValue, most: usize) -> Option<Received> {
    if let Some(text) = value.dyn_ref::<js_sys::JsString>() {
        // Each of its units is a byte at least.
        let fits = text.length() as usize <= most;
        return fits.then(|| Received::Text(String::from(text).into()));
    }
    let bytes = Uint8Array::new(value);
    (bytes.length() as usize <= most).then(|| Received::Binary(bytes.to_vec().into()))
}

/// Closes with the code and reason of a frame, or without any. A socket that is closed already stays so.
pub(crate) fn close(socket: &web_sys::WebSocket, frame: &Frame) {
    let payload = frame.payload();
    let closed = match payload.split_first_chunk() {
        Some((code, reason)) => {
            let reason = std::str::from_utf8(reason).unwrap_or_default();
            socket.close_with_code_and_reason(u16::from_be_bytes(*code), reason)
        }
        None => socket.close(),
    };
    if let Err(error) = closed {
        tracing::debug!(?error, "close");
    }
}

/// What a close event says: the peer's close frame, which may carry no code, or `None` when there was none.
pub(crate) fn closed(code: u16, reason: &str, was_clean: bool) -> Option<Option<CloseFrame>> {
    match code {
        1006 => None,
        _ if !was_clean => None,
        code => Some(CloseFrame::new(code, reason).ok()),
    }
}

/// What went wrong in JavaScript, in words.
pub(crate) fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
