//! What a client makes of the texts that come: of a socket its messages, of a room also who is there. Values, without locks.

mod roster;

use std::marker::PhantomData;

use irori::{
    ConnectionId,
    rt::{MaybeSend, MaybeSync},
    wire::member::{Told, read},
};
use serde::de::DeserializeOwned;

pub(crate) use self::roster::Roster;
use crate::room::Said;

/// What messages and states are to be in a client, beside what serde asks of them: `Clone`, without borrows, and where there
/// are threads `Send` and `Sync`. Every type that is all this is one.
pub trait Payload: Clone + MaybeSend + MaybeSync + 'static {}

impl<T: Clone + MaybeSend + MaybeSync + 'static> Payload for T {}

/// A client's side of what it is connected to.
pub(crate) trait Mirror: MaybeSend + 'static {
    /// What the app is told.
    type Message: Payload;

    /// What a text tells.
    type Told;

    /// Whether the server says first that one is in ([`Change::Entered`]). A denial is a 101 and a close (PROTOCOL.md,
    /// section 2), so until then nothing is sent that would be lost.
    const IS_GREETED: bool;

    /// Reads a text that came, by code of the app.
    fn read(text: &str) -> Result<Self::Told, serde_json::Error>;

    /// Takes what was told.
    fn take(&mut self, told: Self::Told) -> Heard<Self::Message>;

    /// The connection is gone, and what was known by it.
    fn lost(&mut self) -> Change;
}

/// What came of a text.
pub(crate) struct Heard<Message> {
    pub(crate) message: Option<Message>,
    pub(crate) change: Change,
}

/// Which of what is watched changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    /// Everything: one is in, by a snapshot.
    Entered,
    /// Everything: one is out.
    Left,
    /// Somebody came or went, oneself perhaps.
    Membership {
        id: ConnectionId,
        is_own: bool,
    },
    /// What somebody shows, oneself perhaps.
    State {
        id: ConnectionId,
        is_own: bool,
    },
}

/// A socket: one JSON value per text (PROTOCOL.md, section 4).
pub(crate) struct Plain<Out>(PhantomData<fn() -> Out>);

impl<Out> Plain<Out> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<Out: DeserializeOwned + Payload> Mirror for Plain<Out> {
    type Message = Out;
    type Told = Out;
    const IS_GREETED: bool = false;

    fn read(text: &str) -> Result<Out, serde_json::Error> {
        serde_json::from_str(text)
    }

    fn take(&mut self, message: Out) -> Heard<Out> {
        Heard { message: Some(message), change: Change::Nothing }
    }

    fn lost(&mut self) -> Change {
        Change::Nothing
    }
}

/// A room: envelopes (PROTOCOL.md, section 5).
pub(crate) struct Envelopes<Out, State> {
    pub(crate) roster: Roster<State>,
    out: PhantomData<fn() -> Out>,
}

impl<Out, State> Envelopes<Out, State> {
    pub(crate) fn new() -> Self {
        Self { roster: Roster::new(), out: PhantomData }
    }
}

impl<Out: DeserializeOwned + Payload, State: DeserializeOwned + Payload> Mirror for Envelopes<Out, State> {
    type Message = Said<Out>;
    type Told = Told<Out, State>;
    const IS_GREETED: bool = true;

    fn read(text: &str) -> Result<Told<Out, State>, serde_json::Error> {
        read(text)
    }

    fn take(&mut self, told: Told<Out, State>) -> Heard<Said<Out>> {
        let (message, change) = match told {
            Told::Message { from, message } => (Some(Said { from, message }), Change::Nothing),
            Told::Snapshot { own, members } => (None, self.roster.replace(own, members)),
            Told::Join(member) => (None, self.roster.join(member)),
            Told::Update(member) => (None, self.roster.update(member)),
            Told::Leave(id) => (None, self.roster.leave(id)),
        };
        Heard { message, change }
    }

    fn lost(&mut self) -> Change {
        self.roster.clear()
    }
}
