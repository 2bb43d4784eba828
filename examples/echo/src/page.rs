use std::{fs, path::Path};

use axum::{
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

/// Where `cargo xtask page build echo-page` puts the page.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/pages/echo-page");

/// The files of the page in Rust, of `examples/echo-page`.
pub(crate) async fn page(uri: Uri) -> Response {
    let (file, media_type) = match uri.path() {
        "/" => ("index.html", "text/html; charset=utf-8"),
        "/page.js" => ("page.js", "text/javascript; charset=utf-8"),
        "/page_bg.wasm" => ("page_bg.wasm", "application/wasm"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match fs::read(Path::new(FOLDER).join(file)) {
        Ok(bytes) => ([(CONTENT_TYPE, media_type)], bytes).into_response(),
        Err(_) => (StatusCode::NOT_FOUND, "build it first: cargo xtask page build echo-page\n").into_response(),
    }
}
