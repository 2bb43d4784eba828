use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use irori::{
    ConnectionId, Rejection, Result, SocketConnection, SocketHandler, Upgrade, channel::NoKey, connection::Socket,
};

use crate::{
    shared::{ClientSays, Line, ServerSays},
    user::User,
};

/// Lines that a newcomer is told.
const HISTORY: usize = 30;

/// Characters of a message.
const MAX_CHARS: usize = 500;

/// A chat: what one says, all hear, the author included.
pub(crate) struct Chat {
    clock: fn() -> u64,
    talk: Arc<Mutex<Talk>>,
}

/// What was said last, and who listens.
#[derive(Default)]
struct Talk {
    lines: VecDeque<Line>,
    listeners: Vec<Socket<ServerSays>>,
}

impl Chat {
    pub(crate) fn new(clock: fn() -> u64) -> Self {
        Self { clock, talk: Arc::default() }
    }
}

impl SocketHandler for Chat {
    type Key = NoKey;
    type Incoming = ClientSays;
    type Outgoing = ServerSays;
    type Data = User;

    async fn data(&self, upgrade: &Upgrade, _: &NoKey) -> Result<User, Rejection> {
        User::of(upgrade).ok_or(Rejection::Deny)
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        let (id, talk) = (conn.id(), Arc::clone(&self.talk));
        conn.on_teardown(move || lock(&talk).forget(id));
        lock(&self.talk).welcome(conn.socket())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, said: ClientSays) -> Result {
        let text = said.text.trim();
        if !(1..=MAX_CHARS).contains(&text.chars().count()) {
            conn.send(&ServerSays::Refused { why: format!("a message has 1 to {MAX_CHARS} characters") })?;
            return Ok(());
        }
        let User { name, hue } = conn.data().clone();
        lock(&self.talk).say(Line { name, hue, text: text.to_owned(), at: (self.clock)() });
        Ok(())
    }
}

impl Talk {
    /// Under one lock, so that a newcomer misses no line and is told none twice.
    fn welcome(&mut self, newcomer: Socket<ServerSays>) -> Result {
        newcomer.send(&ServerSays::History { lines: self.lines.iter().cloned().collect() })?;
        self.listeners.push(newcomer);
        Ok(())
    }

    fn say(&mut self, line: Line) {
        if self.lines.len() == HISTORY {
            self.lines.pop_front();
        }
        self.lines.push_back(line.clone());
        let said = ServerSays::Said(line);
        for listener in &self.listeners {
            // One that closes, or reads too slowly, is on its way out: its teardown follows.
            listener.send(&said).ok();
        }
    }

    fn forget(&mut self, id: ConnectionId) {
        self.listeners.retain(|listener| listener.id() != id);
    }
}

fn lock(talk: &Mutex<Talk>) -> MutexGuard<'_, Talk> {
    talk.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use irori::App;
    use irori_test::TestServer;

    use super::*;
    use crate::shared::CHAT;

    #[test]
    fn who_left_is_forgotten() {
        let chat = Chat::new(|| 0);
        let talk = Arc::clone(&chat.talk);
        let listeners = || lock(&talk).listeners.len();
        let server = TestServer::new(App::new().socket(CHAT, chat));
        let connect = || server.socket(CHAT).cookie("name", "Ada").connect();

        let (mut closes, is_lost, _stays) = (connect(), connect(), connect());
        assert_eq!(listeners(), 3);
        closes.close(1000, "");
        assert_eq!(listeners(), 2);
        drop(is_lost);
        server.advance(std::time::Duration::ZERO);
        assert_eq!(listeners(), 1);
    }
}
