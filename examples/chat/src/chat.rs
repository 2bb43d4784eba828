use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use garde::Validate as _;
use irori::{
    Rejection, Result, SocketConnection, SocketHandler, Upgrade,
    channel::NoKey,
    error::{Cause, Failure},
    handler::Policy,
    wire::CloseFrame,
};

use crate::{
    clock::Clock,
    hall::{Hall, ROOMS_EACH},
    pace::{BURST, Pace, Verdict},
    shared::{Ask, BANNED, CROWDED, ClientSays, PROTOCOL, Problem, ServerSays},
    token::{Tokens, User},
};

const _: () = assert!(ROOMS_EACH <= BURST as usize, "one connection may come back to all its rooms at once");

/// The chat: who comes in, what is said to whom, and who is shown out.
pub(crate) struct Chat {
    tokens: Tokens,
    clock: Clock,
    /// Shared with the teardown of each connection. Never locked across an await.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    hall: Hall,
    pace: Pace,
}

impl Chat {
    pub(crate) fn new(tokens: Tokens, clock: Clock) -> Self {
        Self { tokens, clock, state: Arc::default() }
    }

    /// What came from a connection: something to be done, or what is wrong with it already. Both count.
    fn hear(&self, conn: &SocketConnection<Self>, request: Option<u32>, asked: Result<Ask, Problem>) {
        let user = &conn.data().name;
        let mut state = lock(&self.state);
        let now = self.clock.now();
        let verdict = match asked {
            Ok(Ask::Join { .. }) => state.pace.join(user, now),
            _ => state.pace.talk(user, now),
        };
        let done = match verdict {
            Verdict::Pass => asked.and_then(|ask| state.hall.obey(conn.id(), ask, self.clock.unix_millis())),
            Verdict::TooFast(wait) => Err(Problem::too_fast(wait)),
            Verdict::Banned(wait) => return state.hall.ban(user, &Problem::banned(wait)),
        };
        if let Err(problem) = done {
            // It fails when the connection is closing, and then nobody waits for the answer.
            let _ = conn.send(&ServerSays::Error { request, problem });
        }
    }
}

impl SocketHandler for Chat {
    type Key = NoKey;
    type Incoming = ClientSays;
    type Outgoing = ServerSays;
    type Data = User;

    async fn data(&self, upgrade: &Upgrade, _: &NoKey) -> Result<User, Rejection> {
        let user = self.tokens.user(upgrade).ok_or(Rejection::Deny)?;
        match lock(&self.state).pace.ban(&user.name, self.clock.now()) {
            Some(wait) => Err(Rejection::Close(CloseFrame::new(BANNED, Problem::banned(wait).message)?)),
            None => Ok(user),
        }
    }

    async fn on_open(&self, conn: &mut SocketConnection<Self>) -> Result {
        // A teardown runs however the connection ends: closed, lost, cut, or by a panic of ours.
        let (state, id) = (Arc::clone(&self.state), conn.id());
        conn.on_teardown(move || lock(&state).hall.exit(id));
        // Not in `data`: of those that are let in at the same time, none is in the hall yet.
        if !lock(&self.state).hall.enter(&conn.data().name, conn.socket()) {
            conn.close(CROWDED, "too many connections")?;
        }
        Ok(())
    }

    async fn on_message(&self, conn: &mut SocketConnection<Self>, says: ClientSays) -> Result {
        let ClientSays { request, ask } = says;
        let checked = ask.validate().map_err(|report| Problem::invalid(&report));
        self.hear(conn, request, checked.map(|()| ask));
        Ok(())
    }

    /// What is no message is answered too.
    fn on_error(&self, conn: &mut SocketConnection<Self>, failure: &Failure) {
        match &failure.cause {
            Cause::Malformed(error) => self.hear(conn, None, Err(Problem::malformed(error))),
            _ => conn.report(failure),
        }
    }

    fn policy(&self) -> Policy {
        Policy::new().protocols(&[PROTOCOL])
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
