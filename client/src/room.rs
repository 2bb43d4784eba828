use std::{fmt, sync::Arc, time::Duration};

use irori::{
    CloseCode, CloseInfo, ConnectionId, RoomRef,
    channel::Channel,
    connection::Member,
    rt::{MaybeSend, MaybeSync},
    wire::member::{say, show},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client::{Client, Listening, WeakClient},
    drive::Target,
    messages::Messages,
    mirror::{Envelopes, Payload},
    options::Options,
    platform::Platform,
    send::{Delivery, ReservedCode, SendError},
    signals::Watched,
    socket::common,
    status::Status,
    watch::Watch,
};

/// A message of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<Message> {
    /// Who: one's [own id](Room::own_id) when the server says it to this member alone, [`ConnectionId::NIL`] when it came from
    /// outside any connection.
    pub from: ConnectionId,
    /// What.
    pub message: Message,
}

/// Joins a room, and stays in it.
///
/// ```no_run
/// use irori::{Channel, RoomRef};
/// use irori_client::{Options, use_room};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Channel)]
/// #[channel("board/:board_id")]
/// struct Board {
///     board_id: String,
/// }
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Cursor {
///     x: f64,
///     y: f64,
/// }
///
/// const CURSORS: RoomRef<Board, Cursor, Cursor, Option<Cursor>> = RoomRef::new("src/board", "cursors");
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let options = Options::to("http://127.0.0.1:3000").key(Board { board_id: "lobby".to_owned() });
/// let cursors = use_room(CURSORS, options);
/// cursors.set_presence(&Some(Cursor { x: 0.5, y: 0.5 }))?;
/// let mut members = cursors.members();
/// while members.changed().await {
///     println!("{} are here", members.get().len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Over tokio, outside of its runtime.
pub fn use_room<Key, In, Out, State, P>(
    at: RoomRef<Key, In, Out, State>,
    options: Options<P, Key>,
) -> Room<Key, In, Out, State>
where
    In: Serialize,
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload,
    Key: Channel,
    P: Platform,
{
    let params = Some(options.key.to_params());
    let target = Target::of(at.module(), at.name(), &options);
    Room { client: Client::start(options, target, params, Envelopes::new()), at }
}

/// A room, as a member holds it. Clones are one member; with the last of them it leaves.
pub struct Room<Key, In, Out, State>
where
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload,
{
    client: Client<Envelopes<Out, State>>,
    at: RoomRef<Key, In, Out, State>,
}

impl<Key, In, Out, State> Room<Key, In, Out, State>
where
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload,
{
    /// Sends a message, or has it wait for the connection. It is written as JSON here and now.
    ///
    /// # Errors
    ///
    /// When it was not taken: as much waits as [may](Options::queue), the client is closing or closed, or there is no JSON
    /// for it.
    pub fn send(&self, message: &In) -> Result<Delivery, SendError>
    where
        In: Serialize + 'static,
    {
        self.client.send(say(message)?)
    }

    /// Shows this to the others, now and after every reconnect. The server has the last word: what it made of it is what
    /// [`own`](Self::own) tells.
    ///
    /// # Errors
    ///
    /// When it is not to be written as JSON.
    pub fn set_presence(&self, state: &State) -> serde_json::Result<()>
    where
        State: Serialize,
    {
        self.client.show(show(state)?);
        Ok(())
    }

    /// Who is here, in join order, oneself included. Watchers wake when somebody comes or goes, and when the connection
    /// does; not when a member shows something else, which [`member`](Self::member) tells.
    pub fn members(&self) -> Watch<Vec<Member<State>>> {
        self.client.watch(Watched::Members, |shared| shared.mirror(|room| room.roster.members()))
    }

    /// The same as [`members`](Self::members), for who wants to wake at everything.
    pub fn roster(&self) -> Watch<Vec<Member<State>>> {
        self.client.watch(Watched::Roster, |shared| shared.mirror(|room| room.roster.members()))
    }

    /// One of those who are here; `None` for who is not. Watchers wake when this one comes, goes or shows something else.
    pub fn member(&self, id: ConnectionId) -> Watch<Option<Member<State>>> {
        self.client.watch(Watched::Member(id), move |shared| shared.mirror(|room| room.roster.member(id)))
    }

    /// One's own id: `self` of the snapshot. Another one after every reconnect, and `None` while not connected. Watchers
    /// wake at just that.
    pub fn own_id(&self) -> Watch<Option<ConnectionId>> {
        self.client.watch(Watched::OwnId, |shared| shared.mirror(|room| room.roster.own_id()))
    }

    /// Oneself, as the others see it, whatever the id is at the time; `None` while not connected. Watchers wake when what is
    /// shown is something else, and when the connection comes or goes.
    pub fn own(&self) -> Watch<Option<Member<State>>> {
        self.client.watch(Watched::Own, |shared| shared.mirror(|room| room.roster.own()))
    }

    /// Goes to the room of another key: what waits to be sent is dropped, and what was shown and the last message are
    /// forgotten. What was [`Sent`](Delivery::Sent) has 5 s to go out, as after [`close`](Self::close). It connects there at
    /// once, unless it was closed here or never enabled. To the same one nothing happens.
    pub fn set_key(&self, key: &Key)
    where
        Key: Channel,
    {
        self.client.go(Some(key.to_params()));
    }
}

common!(
    Room, WeakRoom<Key, In, Out, State>,
    RoomRef<Key, In, Out, State>,
    Envelopes<Out, State>,
    Said<Out>,
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload
);

impl<Key, In, Out, State> Clone for Room<Key, In, Out, State>
where
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload,
{
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), at: self.at }
    }
}

impl<Key, In, Out, State> fmt::Debug for Room<Key, In, Out, State>
where
    Out: DeserializeOwned + Payload,
    State: DeserializeOwned + Payload,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("at", &self.at).field("status", &self.status().get()).finish_non_exhaustive()
    }
}
