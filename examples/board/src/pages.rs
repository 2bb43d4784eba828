use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use board::site;
use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header::CONTENT_TYPE};

/// Where the page in Rust is, and what it is called where pages are built.
const RUST: (&str, &str) = ("/rust", "board-page");

const UNBUILT: &str = "\
The page in Rust is not built. In the repository:

    cargo xtask page build board-page
    cargo run -p board -- --pages target/pages
";

/// The pages that are built apart, by `cargo xtask page build`, as they were when the program started: the one in Rust at
/// `/rust`, any other at its name.
#[derive(Default)]
pub(crate) struct Pages(BTreeMap<String, File>);

struct File {
    media_type: &'static str,
    bytes: Bytes,
}

impl Pages {
    /// Reads a folder of pages.
    ///
    /// # Errors
    ///
    /// When it is not there, or cannot be read.
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let mut pages = Self::default();
        pages.read_below(folder, "")?;
        Ok(pages)
    }

    fn read_below(&mut self, folder: &Path, path: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|_| ErrorKind::InvalidFilename)?;
            let path = match name.as_str() {
                "index.html" => path.to_owned(),
                name if path.is_empty() && name == RUST.1 => RUST.0.to_owned(),
                name => format!("{path}/{name}"),
            };
            if entry.file_type()?.is_dir() {
                self.read_below(&entry.path(), &path)?;
            } else {
                self.0.insert(path, File { media_type: media_type(&name), bytes: fs::read(entry.path())?.into() });
            }
        }
        Ok(())
    }

    /// The answer to a request that is not the app's: of a page, or of the [site]. `form` is its body.
    pub(crate) fn answer(&self, method: &Method, path: &str, form: &[u8]) -> Response<Bytes> {
        match self.0.get(path) {
            Some(file) if [Method::GET, Method::HEAD].contains(method) => {
                response(StatusCode::OK, file.media_type, file.bytes.clone())
            }
            None if path == RUST.0 => response(StatusCode::NOT_FOUND, media_type(".txt"), UNBUILT.into()),
            _ => site::answer(method, path, form).map(Bytes::from),
        }
    }
}

fn response(status: StatusCode, media_type: &'static str, bytes: Bytes) -> Response<Bytes> {
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
