//! A page of the board in Rust, over the room that the page in JavaScript is in: `cargo xtask page build board-page`, and
//! `/rust` of the board.
//!
//! It has no framework. What it shows is in `index.html`, and whatever is watched has a task that brings it there.

#![cfg(target_family = "wasm")]

mod mouse;
mod page;
mod people;

use board::shared::{Board, CURSORS, Cursor, Pointer};
use futures_util::future::join4;
use irori_client::{Options, Room, use_room};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use self::page::Page;

/// The room of the cursors.
type Cursors = Room<Board, Cursor, Cursor, Pointer>;

/// The hash of the contract, as the page in JavaScript has it: to make it of the types here would be a sixth more of wasm.
fn contract() -> Option<&'static str> {
    include_str!("../../board/page/contract.js").split('"').nth(1)
}

#[wasm_bindgen(start)]
async fn main() -> Result<(), JsValue> {
    let page = Page::find().ok_or("a part of the page is missing")?;
    let board = page.part("board").ok_or("the page has no board")?;
    let key = Board { board_id: page.board_name() };
    let contract = contract().ok_or("the contract has no hash")?;
    let room = use_room(CURSORS, Options::here().key(key).contract(contract).max_retries(None));
    let mouse = mouse::watch(&board)?;
    join4(
        page.show_status(&room),
        people::welcome(&page, &room),
        people::follow(&page, &room),
        mouse::tell(mouse, &room),
    )
    .await;
    Ok(())
}
