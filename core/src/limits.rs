//! Every bound of the library, with defaults that are safe. Nothing queues, buffers or waits without one.

use std::{fmt, time::Duration};

/// The bounds of an app. Start from the default and change what differs:
///
/// ```
/// # use std::time::Duration;
/// let app = irori::App::new().limits(|limits| {
///     limits.message.bytes = 1024 * 1024;
///     limits.liveness.ping_after = Duration::from_secs(10);
/// });
/// # app.build().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// From the request to the 101.
    pub upgrade: UpgradeLimits,
    /// A message from the peer.
    pub message: MessageLimits,
    /// How much a peer may send.
    pub rate: RateLimits,
    /// How a silent peer is found out.
    pub liveness: LivenessLimits,
    /// What waits to go out.
    pub outbox: OutboxLimits,
    /// What waits to come in.
    pub inbox: InboxLimits,
    /// The app's hooks.
    pub handler: HandlerLimits,
    /// How a connection ends.
    pub close: CloseLimits,
    /// Rooms and their members.
    pub room: RoomLimits,
    /// Presence states.
    pub presence: PresenceLimits,
    /// How many may be connected.
    pub connections: ConnectionLimits,
}

macro_rules! limits {
    ($(
        $(#[$about:meta])*
        $name:ident { $( $(#[$doc:meta])* $field:ident: $type:ty = $default:expr, )* }
    )*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name { $( $(#[$doc])* pub $field: $type, )* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }
    )*};
}

limits! {
    /// From the request to the 101.
    UpgradeLimits {
        /// Bytes of the request's target and headers together, else 431. Default: 8 KiB. How large a head is read at all,
        /// and how long that may take, is the host's to say.
        head_bytes: usize = 8 * 1024,
        /// How long guards and `data` may take together, else 503. Default: 10 s.
        deadline: Duration = Duration::from_secs(10),
        /// Bytes of JSON the key params may take, else 4403. Default: 6,144, what every host can carry.
        params_bytes: usize = 6_144,
        /// Bytes of JSON the connection's data may take, else 500. Default: 6,144.
        data_bytes: usize = 6_144,
    }

    /// A message from the peer.
    MessageLimits {
        /// Its bytes, else 1009. Default: 64 KiB.
        bytes: usize = 64 * 1024,
        /// The frames it may come in, else 1008. Default: 1,024.
        fragments: u32 = 1_024,
        /// How long it may take from its first byte to its last, else 4408. Default: 10 s.
        deadline: Duration = Duration::from_secs(10),
    }

    /// How much a peer may send (GCRA). What is over is dropped and told to the error hook; again and again: 1008.
    RateLimits {
        /// Messages a second. Default: 50.
        messages: u32 = 50,
        /// Messages at once. Default: 200, so that what waited in a client that was offline, 128 messages, comes through.
        burst: u32 = 200,
        /// Bytes a second, twice that at once. Default: 256 KiB.
        bytes: u32 = 256 * 1024,
        /// How many drops are forgiven, one a second coming back, before 1008. Default: 100.
        strikes: u32 = 100,
    }

    /// How a silent peer is found out.
    LivenessLimits {
        /// A ping goes out after that much silence, give or take a fifth. Default: 25 s.
        ping_after: Duration = Duration::from_secs(25),
        /// No sign of life for that long after a ping: 4408. Default: 10 s.
        pong_within: Duration = Duration::from_secs(10),
        /// No message for that long: 4408. Default: off.
        idle: Option<Duration> = None,
    }

    /// What waits to go out, per connection.
    OutboxLimits {
        /// Messages. Default: 1,024.
        messages: usize = 1_024,
        /// Bytes, frame headers included. Default: 1 MiB.
        bytes: usize = 1024 * 1024,
        /// What happens to a message for which there is no place. Default: the slow consumer is closed with 1013.
        overflow: Overflow = Overflow::Close,
    }

    /// What waits while a hook runs, per connection; past it the socket is not read.
    InboxLimits {
        /// Messages. Default: 64.
        messages: usize = 64,
        /// Bytes; one message is always taken. Default: 256 KiB.
        bytes: usize = 256 * 1024,
        /// Messages beyond those, on hosts that cannot stop reading; past it 1013. Default: 1,024.
        backlog_messages: usize = 1_024,
        /// Bytes beyond those, on hosts that cannot stop reading; past it 1013. Default: 1 MiB.
        backlog_bytes: usize = 1024 * 1024,
    }

    /// The app's hooks.
    HandlerLimits {
        /// How long one may be pending, else it is dropped and the connection closed with 1011. Default: off: a hook may
        /// take the time it needs. A connection ends only when its hook has, so a member whose hook never ends stays in
        /// its room; set this where hooks wait on what may never answer.
        deadline: Option<Duration> = None,
    }

    /// How a connection ends.
    CloseLimits {
        /// How long the peer may take to answer a close frame before it is cut off. Default: 5 s.
        deadline: Duration = Duration::from_secs(5),
        /// Over how long a drain spreads its closes (1001). Default: 10 s.
        drain: Duration = Duration::from_secs(10),
    }

    /// Rooms and their members.
    RoomLimits {
        /// Rooms that may exist at once, else 503. Default: 100,000.
        rooms: usize = 100_000,
        /// Members of one room, else 503. Default: 10,000.
        members: usize = 10_000,
        /// Bytes of a room's topic, else 4403. Default: 200.
        key_bytes: usize = 200,
    }

    /// Presence states.
    PresenceLimits {
        /// Bytes of JSON of one state, else it is dropped and told to the error hook. Default: 2 KiB.
        bytes: usize = 2 * 1024,
        /// Updates a second that a member may send; what comes faster is coalesced to the newest. Default: 20.
        updates: u32 = 20,
    }

    /// How many may be connected; past it 503 with `Retry-After`.
    ConnectionLimits {
        /// In the app. Default: no limit.
        total: Option<usize> = None,
        /// From one peer address. Default: no limit.
        per_address: Option<usize> = None,
    }
}

/// What happens to a message that finds its receiver's outbox full, after presence updates were coalesced.
///
/// Who came and who left is never dropped: when there is no place for that, the connection is closed with 1013, whatever
/// the policy, and a reconnect brings a true roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// The connection is closed with 1013.
    Close,
    /// The oldest messages make place.
    DropOldest,
    /// The message itself is dropped.
    DropNewest,
}

/// A limit that would let nothing through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZeroLimit(pub &'static str);

impl fmt::Display for ZeroLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "limits.{} is zero, which would let nothing through", self.0)
    }
}

impl Limits {
    /// The limits that are zero and must not be.
    pub(crate) fn zeros(&self) -> impl Iterator<Item = ZeroLimit> {
        [
            ("upgrade.head_bytes", self.upgrade.head_bytes == 0),
            ("upgrade.deadline", self.upgrade.deadline.is_zero()),
            ("upgrade.params_bytes", self.upgrade.params_bytes == 0),
            ("upgrade.data_bytes", self.upgrade.data_bytes == 0),
            ("message.bytes", self.message.bytes == 0),
            ("message.fragments", self.message.fragments == 0),
            ("message.deadline", self.message.deadline.is_zero()),
            ("rate.messages", self.rate.messages == 0),
            ("rate.burst", self.rate.burst == 0),
            ("rate.bytes", self.rate.bytes == 0),
            ("liveness.ping_after", self.liveness.ping_after.is_zero()),
            ("liveness.pong_within", self.liveness.pong_within.is_zero()),
            ("liveness.idle", self.liveness.idle.is_some_and(|idle| idle.is_zero())),
            ("outbox.messages", self.outbox.messages == 0),
            ("outbox.bytes", self.outbox.bytes == 0),
            ("inbox.messages", self.inbox.messages == 0),
            ("inbox.bytes", self.inbox.bytes == 0),
            ("inbox.backlog_messages", self.inbox.backlog_messages == 0),
            ("inbox.backlog_bytes", self.inbox.backlog_bytes == 0),
            ("handler.deadline", self.handler.deadline.is_some_and(|deadline| deadline.is_zero())),
            ("close.deadline", self.close.deadline.is_zero()),
            ("room.rooms", self.room.rooms == 0),
            ("room.members", self.room.members == 0),
            ("room.key_bytes", self.room.key_bytes == 0),
            ("presence.bytes", self.presence.bytes == 0),
            ("presence.updates", self.presence.updates == 0),
            ("connections.total", self.connections.total == Some(0)),
            ("connections.per_address", self.connections.per_address == Some(0)),
        ]
        .into_iter()
        .filter_map(|(name, zero)| zero.then_some(ZeroLimit(name)))
    }
}
