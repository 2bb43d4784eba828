use std::{collections::VecDeque, io};

use board::{
    User,
    shared::{Line, Talker},
};
use irori_client::{ConnectionId, Member, Watch};

use crate::screen::{Screen, plain};

/// Lines that are remembered, so that none is told twice.
const LINES: usize = 1_000;

/// What was said at the board.
#[derive(Default)]
pub(crate) struct Talk {
    /// The own id, when it was caught up with.
    joined_as: Option<ConnectionId>,
    lines: VecDeque<(ConnectionId, Line)>,
}

impl Talk {
    /// Those who are here bring what they said last: that is told after each connect.
    pub(crate) fn catch_up(
        &mut self,
        own: Option<ConnectionId>,
        members: &Watch<Vec<Member<Talker>>>,
        screen: &mut Screen,
    ) -> io::Result<()> {
        if own.is_none() || own == self.joined_as {
            return Ok(());
        }
        self.joined_as = own;
        let mut lines = Vec::new();
        for Member { id, state } in members.get() {
            let Some(Talker { user, lines: said }) = state else { continue };
            lines.extend(said.into_iter().map(|line| (id, user.clone(), line)));
        }
        lines.sort_by_key(|(_, _, line)| line.at);
        lines.into_iter().try_for_each(|(id, user, line)| self.hear(id, Some(&user), line, screen))
    }

    /// Tells a line, unless it was told: who comes while it is said finds it with its author, and may hear it too.
    pub(crate) fn hear(
        &mut self,
        from: ConnectionId,
        author: Option<&User>,
        line: Line,
        screen: &mut Screen,
    ) -> io::Result<()> {
        let said = (from, line);
        if self.lines.contains(&said) {
            return Ok(());
        }
        let name = author.map_or("somebody".to_owned(), |user| screen.name(user));
        screen.line(&format!("{name}: {}", plain(&said.1.text)))?;
        self.lines.push_back(said);
        if self.lines.len() > LINES {
            self.lines.pop_front();
        }
        Ok(())
    }
}
