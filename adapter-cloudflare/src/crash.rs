//! Whose event it was that took all memory with it. A panic that is not contained resets the memory of Rust; what
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
    /// An event of this socket runs from now on.
    pub(crate) fn begin(socket: &web_sys::WebSocket);

    /// It does not run any more; it may have to be waited for.
    pub(crate) fn end();

    /// Whether an event of this socket began and did not end. Said once.
    pub(crate) fn took(socket: &web_sys::WebSocket) -> bool;
}
