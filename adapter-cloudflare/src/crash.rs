//! Whose code it was that took all memory with it. A panic that is not contained resets the memory of Rust; what
//! JavaScript remembers stays.

use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::web_sys;

#[wasm_bindgen(inline_js = r#"
let running;
let number = 0;
const crashed = new WeakSet();

export function begin(socket) {
  running = socket;
}

export function end() {
  running = undefined;
}

export function next_number() {
  number = (number + 1) >>> 0;
  return number;
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

    /// A number that was not given before, not in an instance that is gone either.
    pub(crate) fn next_number() -> u32;

    /// Whether code of this socket began to run and did not stop. Said once.
    pub(crate) fn took(socket: &web_sys::WebSocket) -> bool;
}
