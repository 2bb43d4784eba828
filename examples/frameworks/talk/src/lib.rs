//! The chat of the board, whatever framework shows it. What a framework adds is in its own folder: how a watch becomes its
//! kind of state, and how what is watched ends with its component.

#![cfg(target_family = "wasm")]

use std::future::ready;

use board::shared::{Board, CHAT, ClientSays, ServerSays, Talker};
use futures_util::{Stream, StreamExt as _};
use irori_client::{ConnectionId, Member, Options, Room, use_room};

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

/// All lines since the log began, whenever there is one more.
pub fn log(chat: &Chat) -> impl Stream<Item = Vec<String>> + use<> {
    let members = chat.members();
    chat.messages().scan(Vec::new(), move |lines, said| {
        let author = members.get().iter().find(|member| member.id == said.from).map(name).unwrap_or_default();
        lines.push(match said.message {
            ServerSays::Said(line) => format!("{author}: {}", line.text),
            ServerSays::Refused { why } => format!("not said, since {why}"),
        });
        ready(Some(lines.clone()))
    })
}

fn name(member: &Member<Talker>) -> String {
    member.state.as_ref().map(|talker| talker.user.name.clone()).unwrap_or_default()
}
