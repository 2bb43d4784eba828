//! The pages that are built apart.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

#[test]
fn pages_are_served_as_they_are_loaded() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    for (file, text) in
        [("board-page/index.html", "<title>"), ("board-page/page_bg.wasm", "\0asm"), ("yew/snippets/a/b.js", "export")]
    {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    for host in ["axum", "warp"] {
        let board = Board::start(&["--host", host, "--pages", folder.to_str().unwrap()]);
        for (path, status, media_type, body) in [
            ("/rust", "200", "text/html; charset=utf-8", "<title>"),
            ("/rust/page_bg.wasm", "200", "application/wasm", "\0asm"),
            ("/yew/snippets/a/b.js", "200", "text/javascript; charset=utf-8", "export"),
        ] {
            let answer = board.ask(path);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host} {path}: {answer}");
            assert!(answer.contains(&format!("content-type: {media_type}\r\n")), "{host} {path}: {answer}");
            assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{host} {path}: {answer}");
        }
        for path in ["/yew", "/board-page/index.html", "/rust/../../Cargo.toml"] {
            assert!(board.ask(path).starts_with("HTTP/1.1 404 "), "{host} {path}");
        }
        assert!(board.ask("/").contains("<title>Board</title>"), "{host}");
        let head = board.request("HEAD /rust", "");
        assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{host}: {head}");
    }
}

#[test]
fn without_the_page_in_rust_its_place_says_how_to_build_it() {
    let answer = Board::start(&[]).ask("/rust");
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("cargo xtask page build board-page"), "{answer}");
}

#[test]
fn a_form_that_is_too_long_is_not_taken() {
    for host in ["axum", "warp"] {
        let board = Board::start(&["--host", host]);
        let answer = board.request("POST /sign-in", &format!("name=Ada&more={}", "x".repeat(4_096 - 14)));
        assert!(answer.starts_with("HTTP/1.1 303 ") && answer.contains("set-cookie: name=Ada;"), "{host}: {answer}");
        let answer = board.request("POST /sign-in", &format!("name=Ada&more={}", "x".repeat(4_096 - 13)));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{host}: {answer}");
    }
}

/// A board that runs until this is dropped.
struct Board {
    process: Child,
    addr: String,
}

impl Board {
    fn start(args: &[&str]) -> Self {
        let mut board = Command::new(env!("CARGO_BIN_EXE_board"));
        let mut process = board.args(args).env("PORT", "0").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.trim().strip_prefix("open http://").unwrap().to_owned();
        Self { process, addr }
    }

    fn ask(&self, path: &str) -> String {
        self.request(&format!("GET {path}"), "")
    }

    fn request(&self, what: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        write!(stream, "{what} HTTP/1.1\r\nHost: board\r\nConnection: close\r\n{length}\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
