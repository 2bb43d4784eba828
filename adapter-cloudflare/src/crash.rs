//! Whose code it was that took all memory with it. A panic that is not contained resets the memory of Rust; what
//! JavaScript remembers stays.

use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::web_sys;

#[wasm_bindgen(inline_js = r#"
let running;
const crashed = new WeakSet();

export function begin(socket) {
  running = socket;
}

export function end() {
  running = undefined;
}

export function took(socket) {
  if (running !== undefined) {
    crashed.add(running);
    running = undefined;
  }
  return crashed.delete(socket);
}
"#)]
extern "C" {
    /// The app's code runs for this socket from now on.
    pub(crate) fn begin(socket: &web_sys::WebSocket);

    /// It does not run any more.
    pub(crate) fn end();

    /// Whether code of this socket began to run and did not stop. Said once.
    pub(crate) fn took(socket: &web_sys::WebSocket) -> bool;
}
