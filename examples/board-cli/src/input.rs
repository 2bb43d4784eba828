use std::{
    io::{BufRead as _, stdin},
    thread,
};

use tokio::sync::mpsc::{Receiver, channel};

/// The lines of the standard input, until it ends. They are read by a thread that nobody waits for: a program that ends does
/// not ask for one line more.
pub(crate) fn lines() -> Receiver<String> {
    let (tell, told) = channel(16);
    thread::spawn(move || {
        for line in stdin().lock().split(b'\n').map_while(Result::ok) {
            if tell.blocking_send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
    told
}
