use std::collections::{BTreeMap, BTreeSet};

use irori::{ConnectionId, connection::Socket};

use crate::shared::{Ask, BANNED, Code, Problem, ServerSays};

/// Rooms that one connection may be in at once.
pub(crate) const ROOMS_EACH: usize = 8;

/// Rooms at once.
const ROOMS: usize = 1_000;

/// Users in one room, over however many connections.
const USERS: usize = 100;

/// Connections that one user may have at once.
const CONNECTIONS_EACH: usize = 10;

/// Who is connected, and in which rooms. A room is there while somebody is in it.
#[derive(Debug, Default)]
pub(crate) struct Hall {
    people: BTreeMap<ConnectionId, Person>,
    rooms: BTreeMap<String, Room>,
    /// How much was said so far.
    said: u64,
}

/// The users in a room, each with their connections there.
type Room = BTreeMap<String, BTreeSet<ConnectionId>>;

/// One connection of a user, who may have several.
#[derive(Debug)]
struct Person {
    user: String,
    socket: Socket<ServerSays>,
    rooms: BTreeSet<String>,
}

impl Hall {
    /// A connection of this user is open, and comes in unless they have as many as one may have.
    pub(crate) fn enter(&mut self, user: &str, socket: Socket<ServerSays>) -> bool {
        let has_place = self.connections(user).count() < CONNECTIONS_EACH;
        if has_place {
            self.people.insert(socket.id(), Person { user: user.to_owned(), socket, rooms: BTreeSet::new() });
        }
        has_place
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
        for Person { socket, .. } in self.connections(user) {
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
            if !self.is_in(&person.user, &room) {
                self.has_place(&room)?;
                self.tell_all(&room, &ServerSays::UserJoined { room: room.clone(), user: person.user.clone() });
            }
            let Some(person) = self.people.get_mut(&id) else { return Ok(()) };
            person.rooms.insert(room.clone());
            self.rooms.entry(room.clone()).or_default().entry(person.user.clone()).or_default().insert(id);
        }
        self.answer(id, &ServerSays::Joined { users: self.users(&room), room });
        Ok(())
    }

    fn leave(&mut self, id: ConnectionId, room: String) -> Result<(), Problem> {
        let user = self.member(id, &room)?.to_owned();
        if let Some(person) = self.people.get_mut(&id) {
            person.rooms.remove(&room);
        }
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
            Some(users) if users.len() >= USERS => Err(Problem::new(Code::RoomFull, format!("{room} is full"))),
            _ => Ok(()),
        }
    }

    /// Takes a connection out of a room. The others are told when it was the user's last one there.
    fn part(&mut self, id: ConnectionId, user: &str, room: String) {
        let Some(users) = self.rooms.get_mut(&room) else { return };
        let Some(connections) = users.get_mut(user) else { return };
        connections.remove(&id);
        if !connections.is_empty() {
            return;
        }
        users.remove(user);
        if users.is_empty() {
            self.rooms.remove(&room);
        } else {
            self.tell_all(&room, &ServerSays::UserLeft { room: room.clone(), user: user.to_owned() });
        }
    }

    fn connections(&self, user: &str) -> impl Iterator<Item = &Person> {
        self.people.values().filter(move |person| person.user == user)
    }

    fn members(&self, room: &str) -> impl Iterator<Item = &Person> {
        self.rooms.get(room).into_iter().flat_map(Room::values).flatten().filter_map(|id| self.people.get(id))
    }

    fn is_in(&self, user: &str, room: &str) -> bool {
        self.rooms.get(room).is_some_and(|users| users.contains_key(user))
    }

    fn users(&self, room: &str) -> BTreeSet<String> {
        self.rooms.get(room).into_iter().flat_map(Room::keys).cloned().collect()
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
