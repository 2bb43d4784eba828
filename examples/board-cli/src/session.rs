use std::{
    error::Error,
    io::{self, IsTerminal as _, stdin},
    time::Duration,
};

use board::{
    User,
    shared::{Board, CHAT, CURSORS, ClientSays, Cursor, Pointer, ServerSays, Talker, contract},
};
use http::{HeaderValue, header::COOKIE};
use irori_client::{
    CloseInfo, ConnectionId, Delivery, Endpoint, Native, Options, Problem, Room, Said, SendError, Status, WeakRoom,
    use_room,
};
use tokio::{
    signal::ctrl_c,
    sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel},
    time::{Interval, MissedTickBehavior, interval},
};

use crate::{args::Args, people::People, screen::Screen, talk::Talk, unheard::Unheard};

/// Between two lines of a pipe, once [`BURST`] of them were said: the server takes 50 messages a second, and drops what is over.
const PACE: Duration = Duration::from_millis(25);

/// Lines of a pipe that are said at once: half of what the server takes.
const BURST: usize = 100;

/// Lines of a pipe that may be on their way.
const ON_THEIR_WAY: usize = 64;

/// How long nothing may be heard of the last lines of a pipe, until they are lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// A visit to the board.
pub(crate) struct Session {
    chat: Room<Board, ClientSays, ServerSays, Talker>,
    cursors: Room<Board, Cursor, Cursor, Pointer>,
    screen: Screen,
    people: People,
    talk: Talk,
    /// Whether the input is no terminal: then it is not read faster than it can be said, and all of it counts.
    is_piped: bool,
    unheard: Unheard,
    /// Ends when nothing was heard of the last lines for too long.
    patience: Interval,
    /// Lines that were refused or lost.
    unsaid: usize,
    /// The worse of the two connections.
    status: Option<Status>,
    /// How far the next try was away when that was looked at last.
    retry_in: Option<Duration>,
    /// The status, as it was told last.
    told: String,
    problems: UnboundedReceiver<String>,
    /// Told last, since there was a connection.
    problem: String,
}

impl Session {
    /// Joins both rooms of the board, as the page does.
    pub(crate) fn start(args: Args, screen: Screen) -> Result<Self, Box<dyn Error>> {
        let Args { user, board, address } = args;
        // What a browser would keep of it.
        let cookie = user.sign_in().split(';').next().unwrap_or_default().to_owned();
        let endpoint = Endpoint::new(address).header(COOKIE, HeaderValue::try_from(cookie)?);
        let options = || options(&endpoint, &board);
        let (tell, problems) = unbounded_channel();
        let tell = move |problem: &Problem| {
            tell.send(problem.to_string()).ok();
        };
        Ok(Self {
            chat: use_room(CHAT, options().on_problem(tell)),
            cursors: use_room(CURSORS, options()),
            screen,
            people: People::default(),
            talk: Talk::default(),
            is_piped: !stdin().is_terminal(),
            unheard: Unheard::default(),
            patience: interval(PATIENCE),
            unsaid: 0,
            status: None,
            retry_in: None,
            told: String::new(),
            problems,
            problem: String::new(),
        })
    }

    /// Shows what happens and says what is typed, until one or the other ends.
    pub(crate) async fn run(mut self, mut input: Receiver<String>) -> Result<(), Box<dyn Error>> {
        let (tell, mut messages) = unbounded_channel();
        let room = self.chat.downgrade();
        // Asked at once: who says something and leaves is not here any more when this task gets to it.
        let _hearing = self.chat.on_message(move |said| {
            tell.send((author(&room, said.from), said.clone())).ok();
        });
        let (mut chat, mut cursors) = (self.chat.status(), self.cursors.status());
        let (mut talkers, mut pointers) = (self.chat.members(), self.cursors.members());
        let mut queued = self.chat.queued();
        let (mut pace, mut burst) = (interval(PACE), BURST);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut ended, mut waited) = (false, false);
        loop {
            self.look()?;
            // What came over a connection counts, though it was lost since.
            if messages.is_empty() {
                let lost = self.unheard.connected(self.chat.own_id().get());
                self.lose(lost)?;
            }
            if self.status == Some(Status::Closed) {
                return Err(self.closed().into());
            }
            if ended && self.unheard.len() == 0 && self.chat.status().get() == Status::Open {
                return self.leave().await;
            }
            // For answers it waits, once there is nothing else to wait for.
            let waits = ended && self.unheard.went_out();
            if !waits || !waited {
                self.patience.reset();
            }
            waited = waits;
            tokio::select! {
                line = input.recv(), if !ended && (!self.is_piped || burst > 0 && self.has_room()) => {
                    match line.as_deref().map(str::trim) {
                        Some("/quit") if !self.is_piped => return self.leave().await,
                        Some("/quit") | None => ended = true,
                        Some("/who") => self.who()?,
                        Some(line) => {
                            burst = burst.saturating_sub(1);
                            self.say(line)?;
                        }
                    }
                }
                Some((author, said)) = messages.recv() => self.hear(author, said)?,
                Some(problem) = self.problems.recv() => self.complain(problem)?,
                _ = chat.changed() => {}
                _ = cursors.changed() => {}
                _ = talkers.changed() => {}
                _ = pointers.changed() => self.people.outdate(),
                _ = queued.changed() => {}
                _ = pace.tick(), if burst < BURST => burst += 1,
                _ = self.patience.tick(), if waits && messages.is_empty() => {
                    let lost = self.unheard.give_up();
                    self.lose(lost)?;
                }
                _ = ctrl_c() => return self.leave().await,
            }
        }
    }

    /// Tells what changed.
    fn look(&mut self) -> io::Result<()> {
        self.tell_status()?;
        let (chat, cursors) = (&self.chat, &self.cursors);
        if self.status == Some(Status::Open) {
            self.people.tell(cursors.own_id().get(), &cursors.members(), &mut self.screen)?;
        }
        self.talk.catch_up(chat.own_id().get(), &chat.members(), &mut self.screen)
    }

    /// Tells the worse of the two connections, and each wait for a try.
    fn tell_status(&mut self) -> io::Result<()> {
        let status = [self.chat.status().get(), self.cursors.status().get()].into_iter().max_by_key(badness);
        let retry_in = self.chat.retry_in().max(self.cursors.retry_in());
        let waits_anew = retry_in > self.retry_in;
        self.retry_in = retry_in;
        if status == self.status && !waits_anew {
            return Ok(());
        }
        self.status = status;
        if status == Some(Status::Open) {
            self.problem.clear();
        }
        let text = match (status, retry_in) {
            (Some(Status::Reconnecting), Some(wait)) => format!("~ reconnecting in {} s", wait.as_secs() + 1),
            (status, _) => format!("~ {}", status.unwrap_or(Status::Closed)),
        };
        if text != self.told {
            self.screen.line(&text)?;
            self.told = text;
        }
        Ok(())
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.screen.forget_typed()?;
        if line.is_empty() {
            return Ok(());
        }
        let why = match self.chat.send(&ClientSays { text: line.to_owned() }) {
            Ok(Delivery::Sent) => {
                self.unheard.say(line.to_owned(), self.chat.own_id().get());
                return Ok(());
            }
            Ok(Delivery::Queued) => {
                self.unheard.say(line.to_owned(), None);
                let waiting = self.chat.queued().get();
                return self.screen.line(&format!("~ not sent yet: {waiting} waiting for the connection"));
            }
            Err(SendError::QueueFull) => "too many messages are waiting already".to_owned(),
            Err(error) => error.to_string(),
        };
        self.refuse(&why)
    }

    fn hear(&mut self, author: Option<User>, Said { from, message }: Said<ServerSays>) -> io::Result<()> {
        match message {
            ServerSays::Said(line) => {
                if let Some(passed_over) = self.unheard.hear(from, self.chat.own_id().get(), &line.text) {
                    self.patience.reset();
                    self.lose(passed_over)?;
                }
                self.talk.hear(from, author.as_ref(), line, &mut self.screen)
            }
            ServerSays::Refused { why } => {
                self.patience.reset();
                self.unheard.refused();
                self.refuse(&why)
            }
        }
    }

    fn refuse(&mut self, why: &str) -> io::Result<()> {
        self.unsaid += 1;
        self.screen.line(&format!("! not sent: {why}"))
    }

    /// So many lines were sent, and will not be heard.
    fn lose(&mut self, lines: usize) -> io::Result<()> {
        self.unsaid += lines;
        match lines {
            0 => Ok(()),
            lines => self.screen.line(&format!("! sent, but not heard: {lines}")),
        }
    }

    /// Whether one line more of a pipe may be taken. Without a connection it is one that waits, so that it is told.
    fn has_room(&self) -> bool {
        let most = if self.chat.status().get() == Status::Open { ON_THEIR_WAY } else { 1 };
        self.unheard.len() < most
    }

    fn who(&mut self) -> io::Result<()> {
        self.screen.forget_typed()?;
        match self.status {
            Some(Status::Open) => self.people.list(&mut self.screen),
            _ => self.screen.line(&self.told),
        }
    }

    /// A server that is away is told of once, however often it is tried.
    fn complain(&mut self, problem: String) -> io::Result<()> {
        if problem == self.problem {
            return Ok(());
        }
        self.screen.line(&format!("! {problem}"))?;
        self.problem = problem;
        Ok(())
    }

    /// Why the connection was closed, which is not tried again.
    fn closed(&self) -> String {
        let infos = [self.chat.close_info().get(), self.cursors.close_info().get()];
        let CloseInfo { code, reason, .. } = infos.into_iter().flatten().next().unwrap_or_else(CloseInfo::lost);
        match code.as_u16() {
            4403 => format!("the board does not let you in: 4403 {reason}"),
            4409 => format!("the board is of another version than this program: 4409 {reason}"),
            code => format!("the connection was closed: {code} {reason}"),
        }
    }

    /// Says goodbye; asked to end once more, it ends without an answer.
    async fn leave(mut self) -> Result<(), Box<dyn Error>> {
        let waiting = self.chat.queued().get();
        if waiting > 0 {
            self.screen.line(&format!("! not sent: {waiting} still waiting"))?;
        }
        self.chat.close(1000, "")?;
        self.cursors.close(1000, "")?;
        let closed = async {
            self.chat.closed().await;
            self.cursors.closed().await;
        };
        tokio::select! {
            () = closed => self.screen.line("~ goodbye")?,
            _ = ctrl_c() => {}
        }
        match self.unsaid + self.unheard.len() {
            lines @ 1.. if self.is_piped => Err(format!("lines that were refused or lost: {lines}").into()),
            _ => Ok(()),
        }
    }
}

fn options(endpoint: &Endpoint, board: &str) -> Options<Native, Board> {
    let key = Board { board_id: board.to_owned() };
    Options::to(endpoint.clone()).key(key).contract(contract().hash()).max_retries(None)
}

fn author(room: &WeakRoom<Board, ClientSays, ServerSays, Talker>, from: ConnectionId) -> Option<User> {
    room.upgrade()?.member(from).get()?.state.map(|talker| talker.user)
}

fn badness(status: &Status) -> usize {
    const BEST_FIRST: [Status; 5] =
        [Status::Open, Status::Connecting, Status::Reconnecting, Status::Closing, Status::Closed];
    BEST_FIRST.iter().position(|other| other == status).unwrap_or(BEST_FIRST.len())
}
