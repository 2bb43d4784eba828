use std::{fmt, str::FromStr, time::Duration};

use irori::{
    App,
    limits::{Limits, Overflow},
};

/// The contract of the suite.
const CONTRACT: &str = "c0ffee";

/// How the suite is served: under which limits, for the most part. Hosts on real sockets cannot move time, so the limits
/// are moved instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// The defaults, but for the rate, so that a burst is no breach.
    #[default]
    Standard,
    /// The defaults, the rate included.
    Defaults,
    /// Messages of at most this many bytes, no matter how many frames: for Autobahn's cases.
    Messages(usize),
    /// A message may take 50 ms.
    TightMessages,
    /// A ping after 50 ms, a pong within 200 ms: a busy machine is not to be taken for a dead peer.
    QuickHeartbeat,
    /// A message at least every 50 ms.
    QuickIdle,
    /// A message at least every two seconds: too long for a host that calls by event to wait for it awake.
    SlowIdle,
    /// A close handshake within 50 ms.
    QuickClose,
    /// A hook within 50 ms.
    QuickHandler,
    /// An outbox of four messages, and this for the fifth.
    SmallOutbox(Overflow),
    /// An inbox of two messages.
    SmallInbox,
    /// Guards and data within 50 ms.
    QuickUpgrade,
    /// Two connections.
    Crowded,
    /// Two connections of one address.
    CrowdedAddress,
    /// One room, of two members.
    FewRooms,
    /// Goodbye to everybody within 50 ms, and a second to answer it: a busy machine is not to be cut for a slow client.
    QuickDrain,
    /// Another endpoint: `/deep/sockets`.
    Moved,
    /// No browser client and no contract.
    Bare,
}

/// How a profile is named where it must be a text: as it is written in Rust.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        let outboxes = [Overflow::Close, Overflow::DropOldest, Overflow::DropNewest].map(Self::SmallOutbox);
        let plain = [
            Self::Standard,
            Self::Defaults,
            Self::TightMessages,
            Self::QuickHeartbeat,
            Self::QuickIdle,
            Self::SlowIdle,
            Self::QuickClose,
            Self::QuickHandler,
            Self::SmallInbox,
            Self::QuickUpgrade,
            Self::Crowded,
            Self::CrowdedAddress,
            Self::FewRooms,
            Self::QuickDrain,
            Self::Moved,
            Self::Bare,
        ];
        let known = plain.into_iter().chain(outboxes).find(|profile| profile.to_string() == name);
        let messages = || Some(Self::Messages(name.strip_prefix("Messages(")?.strip_suffix(')')?.parse().ok()?));
        known.or_else(messages).ok_or(UnknownProfile)
    }
}

/// A text that names no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProfile;

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no profile has this name")
    }
}

impl std::error::Error for UnknownProfile {}

impl Profile {
    /// An app that is served so.
    pub(super) fn app(self) -> App {
        let app = App::new().limits(|limits| self.apply(limits));
        match self {
            Self::Bare => app.without_client_script(),
            Self::Moved => app.endpoint("/deep/sockets").contract(CONTRACT),
            _ => app.contract(CONTRACT),
        }
    }

    fn apply(self, limits: &mut Limits) {
        if self == Self::Defaults {
            return;
        }
        let soon = Duration::from_millis(50);
        limits.rate.messages = 1_000_000;
        limits.rate.burst = 1_000_000;
        limits.rate.bytes = u32::MAX;
        match self {
            Self::Standard | Self::Defaults | Self::Moved | Self::Bare => {}
            Self::Messages(bytes) => {
                limits.message.bytes = bytes;
                limits.message.fragments = u32::MAX;
                limits.message.deadline = Duration::from_secs(60);
                limits.outbox.bytes = bytes.max(limits.outbox.bytes) * 2;
                limits.outbox.messages = 100_000;
            }
            Self::TightMessages => limits.message.deadline = soon,
            Self::QuickHeartbeat => {
                limits.liveness.ping_after = soon;
                limits.liveness.pong_within = soon * 4;
            }
            Self::QuickIdle => limits.liveness.idle = Some(soon),
            Self::SlowIdle => limits.liveness.idle = Some(Duration::from_secs(2)),
            Self::QuickClose => limits.close.deadline = soon,
            Self::QuickHandler => limits.handler.deadline = Some(soon),
            Self::SmallOutbox(overflow) => {
                limits.outbox.messages = 4;
                limits.outbox.overflow = overflow;
            }
            Self::SmallInbox => limits.inbox.messages = 2,
            Self::QuickUpgrade => limits.upgrade.deadline = soon,
            Self::Crowded => limits.connections.total = Some(2),
            Self::CrowdedAddress => limits.connections.per_address = Some(2),
            Self::FewRooms => {
                limits.room.rooms = 1;
                limits.room.members = 2;
            }
            Self::QuickDrain => {
                limits.close.drain = soon;
                limits.close.deadline = soon * 20;
            }
        }
    }
}
