use std::io;

use board::{User, shared::Pointer};
use irori_client::{ConnectionId, Member, Watch};

use crate::screen::Screen;

/// Who is at the board, as it was told.
#[derive(Default)]
pub(crate) struct People {
    own: Option<ConnectionId>,
    here: Vec<(ConnectionId, User)>,
    /// Whether nobody came or went since.
    is_current: bool,
}

impl People {
    /// Somebody came or went.
    pub(crate) fn outdate(&mut self) {
        self.is_current = false;
    }

    /// Tells what is new: all that are here after each connect, and then who comes and goes.
    pub(crate) fn tell(
        &mut self,
        own: Option<ConnectionId>,
        members: &Watch<Vec<Member<Pointer>>>,
        screen: &mut Screen,
    ) -> io::Result<()> {
        // Not connected: who was here may still be.
        if own.is_none() || own == self.own && self.is_current {
            return Ok(());
        }
        let now = members.get().into_iter().filter_map(|Member { id, state }| Some((id, user(state?))));
        let before = std::mem::replace(&mut self.here, now.collect());
        self.is_current = true;
        if own != self.own {
            self.own = own;
            return self.list(screen);
        }
        for (_, user) in without(&before, &self.here) {
            screen.line(&format!("* {} left", screen.name(user)))?;
        }
        for (_, user) in without(&self.here, &before) {
            screen.line(&format!("* {} joined", screen.name(user)))?;
        }
        Ok(())
    }

    /// Tells who is here.
    pub(crate) fn list(&self, screen: &mut Screen) -> io::Result<()> {
        let names = self.here.iter().map(|(id, user)| match Some(*id) == self.own {
            true => format!("{} (you)", screen.name(user)),
            false => screen.name(user),
        });
        screen.line(&format!("here: {}", names.collect::<Vec<_>>().join(", ")))
    }
}

/// Those who are not among the others.
fn without<'a>(
    people: &'a [(ConnectionId, User)],
    others: &'a [(ConnectionId, User)],
) -> impl Iterator<Item = &'a (ConnectionId, User)> {
    people.iter().filter(|(id, _)| others.iter().all(|(other, _)| other != id))
}

fn user(pointer: Pointer) -> User {
    User { name: pointer.name, hue: pointer.hue }
}
