//! The files of the page.

/// A file, as it is served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    /// Where the page asks for it.
    pub(crate) path: &'static str,
    /// Its `Content-Type`.
    pub(crate) media_type: &'static str,
    /// What is in it.
    pub(crate) text: &'static str,
}

/// All files of the page. What they import besides is the app's.
pub(crate) const FILES: [File; 4] = [
    File { path: "/", media_type: "text/html; charset=utf-8", text: include_str!("../page/index.html") },
    File { path: "/board.css", media_type: "text/css; charset=utf-8", text: include_str!("../page/board.css") },
    File { path: "/board.js", media_type: SCRIPT, text: include_str!("../page/board.js") },
    File { path: "/contract.js", media_type: SCRIPT, text: include_str!("../page/contract.js") },
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
