//! What a contract holds, and what it refuses.

#![cfg(test)] // or clippy takes the helpers below for production code

use irori::{Channel, RoomRef, SocketRef, channel::NoKey};
use irori_contract::{Contract, ContractError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Channel)]
#[channel("board/:board_id")]
struct Board {
    board_id: String,
}

#[derive(Channel)]
#[channel("files/:root/:path*")]
struct File {
    root: u32,
    path: Option<String>,
}

/// A moving cursor.
#[derive(Serialize, Deserialize, TS)]
struct Cursor {
    x: f32,
    y: f32,
}

#[derive(Serialize, Deserialize, TS)]
struct Pointer {
    name: String,
}

const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer> = RoomRef::new("src/board", "cursors");
const LOBBY: RoomRef<NoKey, String, (), ()> = RoomRef::new("src/lobby", "lobby");
const ECHO: SocketRef<String, u64> = SocketRef::new("src/echo", "echo");
const WATCH: SocketRef<(), String, File> = SocketRef::new("src/files", "watch");

fn contract() -> Contract {
    Contract::new()
        .client("/client.js")
        .room("CURSORS", CURSORS)
        .room("LOBBY", LOBBY)
        .socket("ECHO", ECHO)
        .socket("WATCH", WATCH)
}

/// The files are beside a page, `page.js`, which TypeScript holds to them: `cargo xtask types`.
#[test]
fn a_page_finds_addresses_and_their_types() {
    if let Err(error) = contract().check_or_write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page")) {
        panic!("{error}");
    }
}

/// A change of this one is a change for every app: their pages are told to reload.
#[test]
fn the_hash_is_the_same_everywhere_and_always() {
    assert_eq!(contract().hash(), "3caa00c854f784ea");
}

mod changed {
    use super::*;

    /// Docs are no part of it.
    #[derive(Serialize, Deserialize, TS)]
    pub(super) struct Cursor {
        /// From the left.
        x: f32,
        y: f32,
    }

    pub(super) mod renamed {
        use super::*;

        #[derive(Serialize, Deserialize, TS)]
        pub(crate) struct Cursor {
            x: f32,
            top: f32,
        }
    }

    #[derive(Channel)]
    #[channel("boards/:board_id")]
    pub(super) struct Board {
        board_id: String,
    }
}

#[test]
fn the_hash_is_another_when_the_wire_is() {
    type Ref<Key, In, State> = RoomRef<Key, In, Cursor, State>;
    let hash = |contract: Contract| contract.hash();
    let room = |module, name| hash(Contract::new().room("X", Ref::<Board, Cursor, Pointer>::new(module, name)));
    let same = room("m", "n");

    assert_eq!(
        hash(Contract::new().room("Y", Ref::<Board, Cursor, Pointer>::new("m", "n"))),
        same,
        "its name is no part"
    );
    let docs = RoomRef::<Board, changed::Cursor, changed::Cursor, Pointer>::new("m", "n");
    assert_eq!(hash(Contract::new().room("X", docs)), same, "docs are no part");
    let (first, second) =
        (contract().hash(), Contract::new().socket("W", WATCH).socket("E", ECHO).room("L", LOBBY).room("C", CURSORS));
    assert_eq!(first, second.hash(), "the order is no part");

    let others =
        [
            room("m", "other"),
            room("other", "n"),
            hash(Contract::new().room("X", Ref::<changed::Board, Cursor, Pointer>::new("m", "n"))),
            hash(Contract::new().room(
                "X",
                RoomRef::<Board, changed::renamed::Cursor, changed::renamed::Cursor, Pointer>::new("m", "n"),
            )),
            hash(Contract::new().room("X", Ref::<Board, Pointer, Pointer>::new("m", "n"))),
            hash(Contract::new().room("X", Ref::<Board, Cursor, ()>::new("m", "n"))),
            hash(Contract::new().socket("X", SocketRef::<Cursor, Cursor, Board>::new("m", "n"))),
            hash(Contract::new()),
        ];
    for (at, other) in others.iter().enumerate() {
        assert_ne!(*other, same, "{at}");
        assert!(!others[..at].contains(other), "{at}");
        assert!(other.len() == 16 && other.bytes().all(|digit| digit.is_ascii_hexdigit()), "{other}");
    }
}

#[test]
fn names_that_javascript_does_not_take_are_refused() {
    for bad in ["my-echo", "", "class", "1"] {
        let refused = Contract::new().socket(bad, ECHO).javascript().unwrap_err();
        assert_eq!(refused, ContractError::BadName(bad.to_owned()));
    }
    let twice = Contract::new().socket("A", ECHO).room("A", CURSORS).types().unwrap_err();
    assert_eq!(twice.to_string(), "`A` is there twice; give one of them another name");
    assert!(Contract::new().socket("CONTRACT", ECHO).types().is_err(), "the hash has that name");

    #[derive(TS)]
    #[expect(dead_code, reason = "only its name counts")]
    struct RoomRef(u8);
    let taken = Contract::new().socket("A", SocketRef::<RoomRef, ()>::new("m", "n")).types().unwrap_err();
    assert!(matches!(taken, ContractError::BadType { name, .. } if name == "RoomRef"));
}

#[test]
fn two_types_of_one_name_are_an_error() {
    let contract = Contract::new().room("A", CURSORS).socket("B", SocketRef::<changed::Cursor, ()>::new("m", "n"));
    let said = contract.types().unwrap_err().to_string();
    assert!(said.contains("`contract::Cursor` and `contract::changed::Cursor` are both called `Cursor`"), "{said}");

    let keys = Contract::new()
        .socket("A", SocketRef::<(), (), Board>::new("m", "a"))
        .socket("B", SocketRef::<(), (), changed::Board>::new("m", "b"));
    assert!(matches!(keys.javascript(), Err(ContractError::TypeTaken { name, .. }) if name == "Board"));
}
