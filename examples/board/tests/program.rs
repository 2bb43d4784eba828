//! What the program says for itself.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
};

#[test]
fn the_first_line_says_what_to_open() {
    let mut board = board().env("PORT", "0").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(board.stdout.take().unwrap()).read_line(&mut line).unwrap();
    board.kill().unwrap();
    board.wait().unwrap();
    let port = line.strip_prefix("open http://127.0.0.1:").and_then(|rest| rest.strip_suffix('\n'));
    assert!(port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0)), "{line:?}");
}

#[test]
fn a_port_in_use_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let said = fails(board().args(["--addr", &addr.to_string()]));
    assert!(said.starts_with(&format!("board: cannot listen on {addr}: ")), "{said}");
}

#[test]
fn an_unknown_host_is_answered_with_those_there_are() {
    let said = fails(board().args(["--host", "hearth"]));
    assert!(said.contains("\"hearth\"") && said.contains("axum"), "{said}");
}

#[test]
fn a_port_that_is_none_is_told() {
    let said = fails(board().env("PORT", "http"));
    assert!(said.starts_with("board: PORT is \"http\": "), "{said}");
}

fn board() -> Command {
    Command::new(env!("CARGO_BIN_EXE_board"))
}

/// Runs a command that ends with an error, and gives the one line that it says.
fn fails(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty() && said.lines().count() == 1, "{said}");
    said
}
