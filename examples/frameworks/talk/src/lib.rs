//! The chat of the board, whatever framework shows it. What a framework adds is in its own folder: how a watch becomes its
//! kind of state, and how what is watched ends with its component.

#![cfg(target_family = "wasm")]

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use board::shared::{Board, CHAT, ClientSays, ServerSays, Talker};
use futures_util::{Stream, StreamExt as _};
use irori_client::{ConnectionId, Member, Options, Room, use_room};

/// Lines of the log that are kept.
const LINES: usize = 200;

/// The chat, as a member holds it. With the last clone it leaves.
pub type Chat = Room<Board, ClientSays, ServerSays, Talker>;

/// Joins the chat of the lobby. A name is had by signing in at the board.
pub fn join() -> Chat {
    use_room(CHAT, Options::here().max_retries(None).key(Board { board_id: "lobby".to_owned() }))
}

/// Says something; whether that was taken.
pub fn say(chat: &Chat, text: &str) -> bool {
    chat.send(&ClientSays { text: text.to_owned() }).is_ok()
}

/// Who is here.
pub fn names(members: &[Member<Talker>]) -> Vec<(ConnectionId, String)> {
    members.iter().map(|member| (member.id, name(member))).collect()
}

/// The last lines since the log began, each with its number, whenever there is one more.
pub fn log(chat: &Chat) -> impl Stream<Item = Vec<(usize, String)>> + use<> {
    let log = Rc::new(RefCell::new(VecDeque::new()));
    let (room, lines) = (chat.downgrade(), Rc::clone(&log));
    // At once: who says something and leaves is not here any more when the page gets to it.
    let hearing = chat.on_message(move |said| {
        let author = room.upgrade().and_then(|chat| chat.member(said.from).get());
        let line = match &said.message {
            ServerSays::Said(line) => format!("{}: {}", author.as_ref().map_or("somebody".to_owned(), name), line.text),
            ServerSays::Refused { why } => format!("not said, since {why}"),
        };
        let mut lines = lines.borrow_mut();
        let number = lines.back().map_or(0, |(number, _)| number + 1);
        lines.push_back((number, line));
        if lines.len() > LINES {
            lines.pop_front();
        }
    });
    chat.messages().map(move |_| {
        let _hearing = &hearing;
        log.borrow().iter().cloned().collect()
    })
}

fn name(member: &Member<Talker>) -> String {
    member.state.as_ref().map_or("somebody".to_owned(), |talker| talker.user.name.clone())
}
