use std::collections::VecDeque;

use irori::{Rejection, Result, RoomConnection, RoomHandler, Upgrade};

use crate::{
    shared::{Board, ClientSays, Line, ServerSays, Talker},
    user::User,
};

/// Bytes of JSON that a member may show: far more than a line takes, and twice that fits into what a host without memory
/// keeps of a connection.
pub(crate) const TALKER_BYTES: usize = 3 * 1024;

/// Lines of one member that a newcomer is told, or fewer when they are long.
const HISTORY: usize = 30;

/// Characters of a message.
const MAX_CHARS: usize = 500;

/// The chat of a board: what one says, all hear, the author included.
///
/// It keeps nothing itself. What a member said last is part of what the member shows, so a newcomer finds it in the
/// snapshot; it goes when its author does.
pub(crate) struct Chat {
    clock: fn() -> u64,
}

impl Chat {
    pub(crate) fn new(clock: fn() -> u64) -> Self {
        Self { clock }
    }
}

impl RoomHandler for Chat {
    type Key = Board;
    type Incoming = ClientSays;
    type Outgoing = ServerSays;
    type State = Talker;
    type Data = Talker;

    async fn data(&self, upgrade: &Upgrade, _: &Board) -> Result<Talker, Rejection> {
        let user = User::of(upgrade).ok_or(Rejection::Deny)?;
        Ok(Talker { user, lines: VecDeque::new() })
    }

    fn presence(&self, talker: &Talker) -> Talker {
        talker.clone()
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, said: ClientSays) -> Result {
        let text = said.text.trim();
        if !(1..=MAX_CHARS).contains(&text.chars().count()) {
            conn.send(&ServerSays::Refused { why: format!("a message has 1 to {MAX_CHARS} characters") })?;
            return Ok(());
        }
        let line = Line { text: text.to_owned(), at: (self.clock)() };
        remember(conn.data_mut(), line.clone());
        // Shown before it is said: who comes in between is told twice, which a page can see, and not never.
        let talker = conn.data().clone();
        conn.set_presence(&talker)?;
        conn.broadcast_with_self(&ServerSays::Said(line))?;
        Ok(())
    }

    /// What somebody is called and has said is not theirs to change.
    fn on_presence(&self, conn: &RoomConnection<Self>, _: Option<Talker>) -> Result<Option<Talker>> {
        Ok(Some(conn.data().clone()))
    }
}

/// The oldest lines make place for the newest.
fn remember(talker: &mut Talker, line: Line) {
    talker.lines.push_back(line);
    while talker.lines.len() > HISTORY || bytes(talker) > TALKER_BYTES {
        if talker.lines.pop_front().is_none() {
            break;
        }
    }
}

fn bytes(talker: &Talker) -> usize {
    serde_json::to_vec(talker).map_or(usize::MAX, |json| json.len())
}
