use std::{error::Error, io, time::Duration};

use board::{
    User,
    shared::{Board, CHAT, CURSORS, ClientSays, Cursor, Pointer, ServerSays, Talker},
};
use http::{HeaderValue, header::COOKIE};
use irori_client::{
    CloseInfo, ConnectionId, Delivery, Endpoint, Member, Native, Options, Problem, Room, Said, SendError, Status,
    use_room,
};
use tokio::{
    signal::ctrl_c,
    sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel},
};

use crate::{args::Args, people::People, screen::Screen, talk::Talk};

/// A visit to the board.
pub(crate) struct Session {
    chat: Room<Board, ClientSays, ServerSays, Talker>,
    cursors: Room<Board, Cursor, Cursor, Pointer>,
    screen: Screen,
    people: People,
    talk: Talk,
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
        let talkers = self.chat.roster();
        // Asked at once: who says something and leaves is not here any more when this task gets to it.
        let _hearing = self.chat.on_message(move |said| {
            tell.send((author(talkers.get(), said.from), said.clone())).ok();
        });
        let (mut chat, mut cursors) = (self.chat.status(), self.cursors.status());
        let (mut talkers, mut pointers) = (self.chat.members(), self.cursors.members());
        let mut queued = self.chat.queued();
        let mut ended = false;
        loop {
            self.look()?;
            if self.status == Some(Status::Closed) {
                return Err(self.closed().into());
            }
            if ended && self.chat.status().get() == Status::Open {
                return self.leave().await;
            }
            tokio::select! {
                line = input.recv(), if !ended => match line.as_deref().map(str::trim) {
                    Some("/quit") => return self.leave().await,
                    Some(line) => self.say(line)?,
                    None => ended = true,
                },
                Some((author, Said { from, message })) = messages.recv() => match message {
                    ServerSays::Said(line) => self.talk.hear(from, author.as_ref(), line, &mut self.screen)?,
                    ServerSays::Refused { why } => self.screen.line(&format!("! not sent: {why}"))?,
                },
                Some(problem) = self.problems.recv() => self.complain(problem)?,
                _ = chat.changed() => {}
                _ = cursors.changed() => {}
                _ = talkers.changed() => {}
                _ = pointers.changed() => {}
                _ = queued.changed() => {}
                _ = ctrl_c() => return self.leave().await,
            }
        }
    }

    /// Tells what changed.
    fn look(&mut self) -> io::Result<()> {
        self.tell_status()?;
        let (chat, cursors) = (&self.chat, &self.cursors);
        if self.status == Some(Status::Open) {
            self.people.tell(cursors.own_id().get(), cursors.members().get(), &mut self.screen)?;
        }
        self.talk.catch_up(chat.own_id().get(), chat.members().get(), &mut self.screen)
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
        match self.chat.send(&ClientSays { text: line.to_owned() }) {
            Ok(Delivery::Sent) => Ok(()),
            Ok(Delivery::Queued) => {
                let waiting = self.chat.queued().get();
                self.screen.line(&format!("~ not sent yet: {waiting} waiting for the connection"))
            }
            Err(SendError::QueueFull) => self.screen.line("! not sent: too many messages are waiting already"),
            Err(error) => self.screen.line(&format!("! not sent: {error}")),
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
            code => format!("the connection was closed: {code} {reason}"),
        }
    }

    async fn leave(mut self) -> Result<(), Box<dyn Error>> {
        let waiting = self.chat.queued().get();
        if waiting > 0 {
            self.screen.line(&format!("! not sent: {waiting} still waiting"))?;
        }
        self.chat.close(1000, "")?;
        self.cursors.close(1000, "")?;
        for mut status in [self.chat.status(), self.cursors.status()] {
            status.wait_for(|status| *status == Status::Closed).await;
        }
        Ok(self.screen.line("~ goodbye")?)
    }
}

fn options(endpoint: &Endpoint, board: &str) -> Options<Native, Board> {
    Options::to(endpoint.clone()).key(Board { board_id: board.to_owned() }).max_retries(None)
}

fn author(talkers: Vec<Member<Talker>>, from: ConnectionId) -> Option<User> {
    talkers.into_iter().find(|talker| talker.id == from)?.state.map(|talker| talker.user)
}

fn badness(status: &Status) -> usize {
    const BEST_FIRST: [Status; 5] =
        [Status::Open, Status::Connecting, Status::Reconnecting, Status::Closing, Status::Closed];
    BEST_FIRST.iter().position(|other| other == status).unwrap_or(BEST_FIRST.len())
}
