use std::{collections::BTreeMap, io};

use board::{User, shared::Pointer};
use irori_client::{ConnectionId, Member};

use crate::screen::Screen;

/// Who is at the board, as it was told.
#[derive(Default)]
pub(crate) struct People {
    own: Option<ConnectionId>,
    here: BTreeMap<ConnectionId, User>,
}

impl People {
    /// Tells what is new: all that are here after each connect, and then who comes and goes.
    pub(crate) fn tell(
        &mut self,
        own: Option<ConnectionId>,
        members: Vec<Member<Pointer>>,
        screen: &mut Screen,
    ) -> io::Result<()> {
        // Not connected, or between two changes: who was here may still be.
        if own.is_none_or(|own| members.iter().all(|member| member.id != own)) {
            return Ok(());
        }
        let now: Vec<_> = members.into_iter().filter_map(|Member { id, state }| Some((id, user(state?)))).collect();
        if own != self.own {
            let names = now.iter().map(|(id, user)| match Some(*id) == own {
                true => format!("{} (you)", screen.name(user)),
                false => screen.name(user),
            });
            screen.line(&format!("here: {}", names.collect::<Vec<_>>().join(", ")))?;
            (self.own, self.here) = (own, now.into_iter().collect());
            return Ok(());
        }
        let before = std::mem::replace(&mut self.here, now.iter().cloned().collect());
        for user in before.iter().filter(|(id, _)| !self.here.contains_key(id)).map(|(_, user)| user) {
            screen.line(&format!("* {} left", screen.name(user)))?;
        }
        for (_, user) in now.iter().filter(|(id, _)| !before.contains_key(id)) {
            screen.line(&format!("* {} joined", screen.name(user)))?;
        }
        Ok(())
    }
}

fn user(pointer: Pointer) -> User {
    User { name: pointer.name, hue: pointer.hue }
}
