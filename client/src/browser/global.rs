//! What every global object of a browser has, a window's as a worker's.

use std::time::Duration;

use irori::rt::Now;
use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use web_sys::{Document, EventTarget, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill_random(bytes: &mut [u8]) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = setTimeout, catch)]
    pub(super) fn set_timeout(call: &Function, milliseconds: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(id: &JsValue);

    /// `Location` in a page, `WorkerLocation` in a worker.
    type Location;

    #[wasm_bindgen(method, getter)]
    fn origin(this: &Location) -> String;

    #[wasm_bindgen(thread_local_v2, js_name = location)]
    static LOCATION: Option<Location>;
}

/// Where events of the network are told.
pub(super) fn events() -> EventTarget {
    js_sys::global().unchecked_into()
}

/// The document, which a worker has not.
pub(super) fn document() -> Option<Document> {
    js_sys::global().dyn_into::<Window>().ok()?.document()
}

/// `https://host:port`, if the page came from such a place.
pub(super) fn origin() -> Option<String> {
    let origin = LOCATION.with(|location| location.as_ref().map(Location::origin))?;
    origin.starts_with("http").then_some(origin)
}

pub(super) fn now() -> Now {
    Now::default() + Duration::try_from_secs_f64(performance_now() / 1000.0).unwrap_or_default()
}

pub(super) fn random() -> u128 {
    let mut bytes = [0; 16];
    // It refuses more than 64 KiB, and nothing else.
    let _ = fill_random(&mut bytes);
    u128::from_ne_bytes(bytes)
}
