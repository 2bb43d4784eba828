use indexmap::IndexMap;
use irori::{ConnectionId, connection::Member};

use super::Change;

/// Who is in a room, in join order, as its frames told.
#[derive(Debug)]
pub(crate) struct Roster<State> {
    own: Option<ConnectionId>,
    members: IndexMap<ConnectionId, Option<State>>,
}

impl<State> Roster<State> {
    pub(super) fn new() -> Self {
        Self { own: None, members: IndexMap::new() }
    }

    /// The member's own id, while it is in the room.
    pub(crate) fn own_id(&self) -> Option<ConnectionId> {
        self.own
    }

    /// Nothing of what was before is left.
    pub(super) fn replace(&mut self, own: ConnectionId, members: Vec<Member<State>>) -> Change {
        self.own = Some(own);
        self.members = members.into_iter().map(|member| (member.id, member.state)).collect();
        Change::Entered
    }

    pub(super) fn clear(&mut self) -> Change {
        if self.own.is_none() && self.members.is_empty() {
            return Change::Nothing;
        }
        self.own = None;
        self.members.clear();
        Change::Left
    }

    /// Somebody who is here already only shows something else. Before the snapshot nobody is.
    pub(super) fn join(&mut self, member: Member<State>) -> Change {
        if self.own.is_none() {
            return Change::Nothing;
        }
        match self.members.insert(member.id, member.state) {
            Some(_) => self.state(member.id),
            None => self.membership(member.id),
        }
    }

    /// Nobody comes by an update.
    pub(super) fn update(&mut self, member: Member<State>) -> Change {
        match self.members.get_mut(&member.id) {
            Some(state) => {
                *state = member.state;
                self.state(member.id)
            }
            None => Change::Nothing,
        }
    }

    pub(super) fn leave(&mut self, id: ConnectionId) -> Change {
        match self.members.shift_remove(&id) {
            Some(_) => self.membership(id),
            None => Change::Nothing,
        }
    }

    fn membership(&self, id: ConnectionId) -> Change {
        Change::Membership { id, is_own: self.own == Some(id) }
    }

    fn state(&self, id: ConnectionId) -> Change {
        Change::State { id, is_own: self.own == Some(id) }
    }
}

impl<State: Clone> Roster<State> {
    /// Who is there, in join order.
    pub(crate) fn members(&self) -> Vec<Member<State>> {
        self.members.iter().map(|(&id, state)| Member { id, state: state.clone() }).collect()
    }

    /// The member itself, while it is in the room.
    pub(crate) fn own(&self) -> Option<Member<State>> {
        self.own.and_then(|id| self.member(id))
    }

    /// Somebody who is there.
    pub(crate) fn member(&self, id: ConnectionId) -> Option<Member<State>> {
        self.members.get(&id).map(|state| Member { id, state: state.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ConnectionId {
        ConnectionId::from_random(number)
    }

    fn member(number: u128, state: &'static str) -> Member<&'static str> {
        Member { id: id(number), state: Some(state) }
    }

    #[test]
    fn it_is_what_the_frames_told() {
        let mut roster = Roster::new();
        assert_eq!((roster.clear(), roster.join(member(3, "c"))), (Change::Nothing, Change::Nothing));
        assert_eq!(roster.replace(id(1), vec![member(2, "b"), member(1, "a")]), Change::Entered);
        assert_eq!(roster.join(member(3, "c")), Change::Membership { id: id(3), is_own: false });
        assert_eq!(roster.join(member(3, "d")), Change::State { id: id(3), is_own: false });
        assert_eq!(roster.update(member(2, "e")), Change::State { id: id(2), is_own: false });
        assert_eq!(roster.update(member(1, "a")), Change::State { id: id(1), is_own: true });
        assert_eq!(roster.members(), [member(2, "e"), member(1, "a"), member(3, "d")]);
        assert_eq!(roster.leave(id(2)), Change::Membership { id: id(2), is_own: false });
        assert_eq!(roster.members(), [member(1, "a"), member(3, "d")]);

        assert_eq!(roster.leave(id(2)), Change::Nothing);
        assert_eq!(roster.update(member(2, "f")), Change::Nothing);
        assert_eq!((roster.member(id(2)), roster.own_id()), (None, Some(id(1))));

        assert_eq!(roster.replace(id(9), vec![member(9, "z")]), Change::Entered);
        assert_eq!((roster.members(), roster.own()), (vec![member(9, "z")], Some(member(9, "z"))));
        assert_eq!(roster.clear(), Change::Left);
        assert_eq!((roster.members(), roster.own_id()), (vec![], None));
    }
}
