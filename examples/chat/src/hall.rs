use std::collections::{BTreeMap, BTreeSet};

use irori::{ConnectionId, connection::Socket};

use crate::shared::{Ask, BANNED, Code, Problem, ServerSays};

/// Rooms that one connection may be in at once.
pub(crate) const ROOMS_EACH: usize = 8;

/// Rooms at once.
const ROOMS: usize = 1_000;

/// Connections in one room.
const MEMBERS: usize = 100;

/// Who is connected, and in which rooms. A room is there while somebody is in it.
#[derive(Debug, Default)]
pub(crate) struct Hall {
    people: BTreeMap<ConnectionId, Person>,
    rooms: BTreeMap<String, BTreeSet<ConnectionId>>,
    /// How much was said so far.
    said: u64,
}

/// One connection of a user, who may have several.
#[derive(Debug)]
struct Person {
    user: String,
    socket: Socket<ServerSays>,
    rooms: BTreeSet<String>,
}

impl Hall {
    /// A connection of this user is open.
    pub(crate) fn enter(&mut self, user: &str, socket: Socket<ServerSays>) {
        self.people.insert(socket.id(), Person { user: user.to_owned(), socket, rooms: BTreeSet::new() });
    }

    /// A connection has ended: it leaves its rooms.
    pub(crate) fn exit(&mut self, id: ConnectionId) {
        let Some(person) = self.people.remove(&id) else { return };
        for room in person.rooms {
            self.part(id, &person.user, room);
        }
    }

    /// Does what a connection asks for. `at` is the time on the wall.
    pub(crate) fn obey(&mut self, id: ConnectionId, ask: Ask, at: u64) -> Result<(), Problem> {
        match ask {
            Ask::Join { room } => self.join(id, room),
            Ask::Leave { room } => self.leave(id, room),
            Ask::Say { room, text } => self.say(id, room, text, at),
            Ask::Who { room } => self.who(id, room),
        }
    }

    /// Shows a user out, over all connections.
    pub(crate) fn ban(&self, user: &str, problem: &Problem) {
        let error = ServerSays::Error { request: None, problem: problem.clone() };
        for Person { socket, .. } in self.people.values().filter(|person| person.user == user) {
            tell(socket, &error);
            // It fails for codes that cannot be sent, which this one can.
            let _ = socket.close(BANNED, problem.message.as_str());
        }
    }

    /// To join a room again changes nothing, and is answered alike.
    fn join(&mut self, id: ConnectionId, room: String) -> Result<(), Problem> {
        let Some(person) = self.people.get(&id) else { return Ok(()) };
        if !person.rooms.contains(&room) {
            if person.rooms.len() >= ROOMS_EACH {
                return Err(Problem::new(
                    Code::TooManyRooms,
                    format!("you are in {ROOMS_EACH} rooms: leave one first"),
                ));
            }
            self.has_place(&room)?;
            let user = person.user.clone();
            if !self.users(&room).contains(&user) {
                self.tell_all(&room, &ServerSays::UserJoined { room: room.clone(), user });
            }
            self.rooms.entry(room.clone()).or_default().insert(id);
            self.people.entry(id).and_modify(|person| _ = person.rooms.insert(room.clone()));
        }
        self.answer(id, &ServerSays::Joined { users: self.users(&room), room });
        Ok(())
    }

    fn leave(&mut self, id: ConnectionId, room: String) -> Result<(), Problem> {
        let user = self.member(id, &room)?.to_owned();
        self.people.entry(id).and_modify(|person| _ = person.rooms.remove(&room));
        self.answer(id, &ServerSays::Left { room: room.clone() });
        self.part(id, &user, room);
        Ok(())
    }

    fn say(&mut self, id: ConnectionId, room: String, text: String, at: u64) -> Result<(), Problem> {
        let from = self.member(id, &room)?.to_owned();
        self.said += 1;
        self.tell_all(&room, &ServerSays::Said { room: room.clone(), from, text, at, id: self.said });
        Ok(())
    }

    fn who(&self, id: ConnectionId, room: String) -> Result<(), Problem> {
        self.member(id, &room)?;
        self.answer(id, &ServerSays::Users { users: self.users(&room), room });
        Ok(())
    }

    /// The user of a connection that is in the room.
    fn member(&self, id: ConnectionId, room: &str) -> Result<&str, Problem> {
        let person = self.people.get(&id).filter(|person| person.rooms.contains(room));
        let person =
            person.ok_or_else(|| Problem::new(Code::NotInRoom, format!("you are not in {room}: join it first")))?;
        Ok(&person.user)
    }

    fn has_place(&self, room: &str) -> Result<(), Problem> {
        match self.rooms.get(room) {
            None if self.rooms.len() >= ROOMS => {
                Err(Problem::new(Code::TooManyRooms, format!("there are {ROOMS} rooms already")))
            }
            Some(members) if members.len() >= MEMBERS => Err(Problem::new(Code::RoomFull, format!("{room} is full"))),
            _ => Ok(()),
        }
    }

    /// Takes a connection out of a room. The others are told when it was the user's last one there.
    fn part(&mut self, id: ConnectionId, user: &str, room: String) {
        let Some(members) = self.rooms.get_mut(&room) else { return };
        members.remove(&id);
        if members.is_empty() {
            self.rooms.remove(&room);
        } else if !self.users(&room).contains(user) {
            self.tell_all(&room, &ServerSays::UserLeft { room: room.clone(), user: user.to_owned() });
        }
    }

    fn members(&self, room: &str) -> impl Iterator<Item = &Person> {
        self.rooms.get(room).into_iter().flatten().filter_map(|id| self.people.get(id))
    }

    fn users(&self, room: &str) -> BTreeSet<String> {
        self.members(room).map(|person| person.user.clone()).collect()
    }

    fn tell_all(&self, room: &str, says: &ServerSays) {
        for Person { socket, .. } in self.members(room) {
            tell(socket, says);
        }
    }

    fn answer(&self, id: ConnectionId, says: &ServerSays) {
        if let Some(person) = self.people.get(&id) {
            tell(&person.socket, says);
        }
    }
}

/// Who cannot be told any more is about to leave, and is not to be missed by the others.
fn tell(socket: &Socket<ServerSays>, says: &ServerSays) {
    let _ = socket.send(says);
}
