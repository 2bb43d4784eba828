//! The board in a terminal: `cargo run -p board-cli -- --name Ada`, beside `cargo run -p board`.

mod args;
mod input;
mod people;
mod screen;
mod session;
mod talk;
mod unheard;

use std::{
    error::Error,
    io::{Write as _, stdout},
    process::ExitCode,
};

use self::{
    args::{Args, Ask},
    screen::Screen,
    session::Session,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("board-cli: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let args = match Args::read()? {
        Ask::Join(args) => args,
        Ask::Help => return Ok(stdout().write_all(args::USAGE.as_bytes())?),
    };
    Session::start(args, Screen::of_stdout())?.run(input::lines()).await
}
