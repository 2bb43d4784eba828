//! The page, for a host to serve as it likes.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Where the page asks for it.
    pub path: &'static str,
    /// Its `Content-Type`.
    pub media_type: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// All files of the page.
pub const FILES: [File; 3] = [
    File { path: "/", media_type: "text/html; charset=utf-8", text: include_str!("../page/index.html") },
    File { path: "/board.css", media_type: "text/css; charset=utf-8", text: include_str!("../page/board.css") },
    File { path: "/board.js", media_type: "text/javascript; charset=utf-8", text: include_str!("../page/board.js") },
];
