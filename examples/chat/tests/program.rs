//! What the program says for itself, and its answers to who signs in.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

#[test]
fn who_signs_in_gets_a_token_for_a_minute() {
    let chat = Chat::start();
    let (status, body) = chat.sign_in(r#"{"name":"Ada"}"#);
    let ticket: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status.as_str(), &ticket["expires_in"]), ("200", &Value::from(60)));
    assert_eq!(ticket["token"].as_str().unwrap().split('.').count(), 3, "{body}");

    let (status, body) = chat.sign_in(r#"{"name":""}"#);
    assert_eq!(status, "422");
    assert_eq!(body, r#"{"code":"invalid","message":"name: length is lower than 1"}"#);
    let (status, body) = chat.sign_in(r#"{"name":"Ada\u200b"}"#);
    assert_eq!(status, "422");
    assert_eq!(body, r#"{"code":"invalid","message":"name: has a character that cannot be seen"}"#);
    assert_eq!(chat.sign_in("{}").0, "422");
    assert_eq!(chat.sign_in("Ada").0, "400");
    assert_eq!(chat.sign_in(&format!(r#"{{"name":"{}"}}"#, "x".repeat(2_000))).0, "413");
}

#[test]
fn the_page_is_served_with_all_it_asks_for() {
    let chat = Chat::start();
    let (status, page) = chat.ask("GET / HTTP/1.1", "");
    assert_eq!(status, "200");
    let (_, script) = chat.ask("GET /chat.js HTTP/1.1", "");
    for (path, asker) in [("/chat.css", &page), ("/chat.js", &page), ("/__sockets/client.js", &script)] {
        let (status, text) = chat.ask(&format!("GET {path} HTTP/1.1"), "");
        assert_eq!((status.as_str(), text.is_empty()), ("200", false), "{path}");
        assert!(asker.contains(&format!("\"{path}\"")), "{path}");
    }
    assert_eq!(chat.ask("GET /contract.js HTTP/1.1", "").0, "200");
    assert!(script.contains("\"./contract.js\""));
}

#[test]
fn the_port_of_the_environment_is_taken() {
    let output = Command::new(env!("CARGO_BIN_EXE_chat")).env("PORT", "http").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.starts_with("chat: PORT is \"http\": "), "{said}");

    drop(Chat::of(Command::new(env!("CARGO_BIN_EXE_chat")).env("PORT", "0")));
}

#[test]
fn a_secret_that_is_too_short_is_told_in_one_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_chat")).env("CHAT_SECRET", "hearth").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert_eq!(said, "chat: CHAT_SECRET has less than 32 bytes\n");
}

/// The program, until it is dropped.
struct Chat {
    child: Child,
    addr: String,
}

impl Chat {
    fn start() -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_chat")).args(["--addr", "127.0.0.1:0"]))
    }

    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.strip_prefix("open http://").and_then(|rest| rest.strip_suffix('\n'));
        let addr = addr.unwrap_or_else(|| panic!("it said {line:?}")).to_owned();
        Self { child, addr }
    }

    /// The status and the body of the answer.
    fn sign_in(&self, json: &str) -> (String, String) {
        self.ask("POST /sign-in HTTP/1.1\r\ncontent-type: application/json", json)
    }

    fn ask(&self, head: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        let length = body.len();
        let request = format!("{head}\r\nhost: chat\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
