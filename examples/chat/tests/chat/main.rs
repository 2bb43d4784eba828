//! Every rule of the chat, in memory and in virtual time.

#![cfg(test)] // or clippy takes the helpers below for production code

mod bounds;
mod door;
mod messages;
mod pace;
mod rooms;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chat::{
    Clock, Tokens, User,
    shared::{Ask, CHAT, ClientSays, Code, Problem, ServerSays},
};
use irori_test::{Connect, TestClient, TestServer, world::World};

const SECRET: &[u8] = b"a secret that the tests may know";

/// The time on the wall when a house is built, since the Unix epoch.
const EPOCH: Duration = Duration::from_secs(1_700_000_000);

/// A chat, and the desk that issues its tokens.
struct House {
    server: TestServer,
    tokens: Tokens,
    /// Whether the clock on the wall panics when it is looked at next.
    clock_breaks: Arc<AtomicBool>,
}

impl House {
    fn new() -> Self {
        let world = World::new();
        let (built_at, wall) = (world.now(), world.clone());
        let clock_breaks = Arc::new(AtomicBool::new(false));
        let breaks = Arc::clone(&clock_breaks);
        let clock = Clock::new(world.runtime(), move || {
            assert!(!breaks.swap(false, Ordering::Relaxed), "the clock is broken");
            EPOCH + wall.now().since(built_at)
        });
        let tokens = Tokens::new(SECRET, clock.clone());
        Self { server: TestServer::within(world, chat::app(tokens.clone(), clock)), tokens, clock_breaks }
    }

    fn token(&self, name: &str) -> String {
        self.tokens.issue(&User { name: name.to_owned() }).unwrap().token
    }

    /// Somebody at the door, who shows this token.
    fn with_token(&self, token: &str) -> Connect<'_> {
        self.server.socket(CHAT).header("authorization", &format!("Bearer {token}"))
    }

    fn enter(&self, name: &str) -> Somebody {
        let client = self.with_token(&self.token(name)).named(name).connect();
        Somebody { client, name: name.to_owned() }
    }

    /// Somebody in a room, who has heard who is there.
    fn enter_room(&self, name: &str, room: &str) -> Somebody {
        let mut somebody = self.enter(name);
        somebody.join(room);
        somebody
    }
}

/// Somebody in the house.
struct Somebody {
    client: TestClient,
    name: String,
}

impl Somebody {
    fn ask(&mut self, ask: Ask) {
        self.client.send_json(&ClientSays { request: None, ask });
    }

    /// Joins a room, and says who is there.
    #[track_caller]
    fn join(&mut self, room: &str) -> Vec<String> {
        self.ask(Ask::Join { room: room.into() });
        match self.hear() {
            ServerSays::Joined { room: joined, users } if joined == room => users.into_iter().collect(),
            other => panic!("{} was told {other:?}", self.name),
        }
    }

    fn leave(&mut self, room: &str) {
        self.ask(Ask::Leave { room: room.into() });
    }

    fn say(&mut self, room: &str, text: &str) {
        self.ask(Ask::Say { room: room.into(), text: text.into() });
    }

    #[track_caller]
    fn hear(&mut self) -> ServerSays {
        self.client.recv_json()
    }

    /// The next words, with who says them and where.
    #[track_caller]
    fn hear_said(&mut self) -> [String; 3] {
        match self.hear() {
            ServerSays::Said { room, from, text, .. } => [room, from, text],
            other => panic!("{} was told {other:?}", self.name),
        }
    }

    #[track_caller]
    fn hear_error(&mut self) -> Problem {
        match self.hear() {
            ServerSays::Error { problem, .. } => problem,
            other => panic!("{} was told {other:?}", self.name),
        }
    }

    /// Expects an error with this code, and gives what it says to people.
    #[track_caller]
    fn expect_error(&mut self, code: Code) -> String {
        let problem = self.hear_error();
        assert_eq!(problem.code, code, "{problem:?}");
        problem.message
    }
}

fn user_joined(room: &str, user: &str) -> ServerSays {
    ServerSays::UserJoined { room: room.into(), user: user.into() }
}

fn user_left(room: &str, user: &str) -> ServerSays {
    ServerSays::UserLeft { room: room.into(), user: user.into() }
}
