use std::{fmt, future, sync::Arc, time::Duration};

use irori::{
    CloseInfo,
    channel::NoKey,
    rt::{BoxError, MaybeSend, MaybeSync},
};

use crate::{
    callback::{Ask, Hooks},
    endpoint::Endpoint,
    machine::Settings,
    platform::Platform,
    problem::Problem,
};

/// Messages that wait for a reader, unless the app says otherwise.
const INBOX: usize = 1024;

/// How a client connects, and what it does when that fails.
///
/// [`to`](Self::to) and [`ask`](Self::ask) connect by the means of the platform: over tokio, or as a page does.
/// [`through`](Self::through) takes any other.
///
/// ```
/// use irori_client::Options;
///
/// let options = Options::to("http://127.0.0.1:3000").max_retries(None);
/// ```
///
/// Rooms, and sockets whose address has a key, want one: `Options::to(..).key(Board { .. })`.
#[derive(Clone)]
#[must_use = "nothing happens before they are used"]
pub struct Options<P, Key = NoKey> {
    pub(crate) platform: P,
    pub(crate) key: Key,
    pub(crate) address: Arc<dyn Ask>,
    pub(crate) contract: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) inbox: usize,
    pub(crate) hooks: Hooks,
}

impl<P: Platform> Options<P> {
    /// Connects by the means of `platform`. `address` is asked at each attempt, so that what it gives can be fresh; when
    /// it fails, so has the attempt.
    pub fn through<F, Answer>(platform: P, address: F) -> Self
    where
        F: Fn() -> Answer + MaybeSend + MaybeSync + 'static,
        Answer: Future<Output = Result<Endpoint, BoxError>> + MaybeSend + 'static,
    {
        Self {
            platform,
            key: NoKey,
            address: Arc::new(address),
            contract: None,
            settings: Settings::default(),
            inbox: INBOX,
            hooks: Hooks::default(),
        }
    }

    /// Connects by the means of `platform` to an address that stays.
    pub fn through_to(platform: P, address: impl Into<Endpoint>) -> Self {
        let address = address.into();
        Self::through(platform, move || future::ready(Ok(address.clone())))
    }
}

#[cfg(any(feature = "native", target_family = "wasm"))]
macro_rules! default_platform {
    ($platform:ty) => {
        impl Options<$platform> {
            /// Connects to an address that stays: the URL of a server, or an [`Endpoint`].
            pub fn to(address: impl Into<Endpoint>) -> Self {
                Self::through_to(<$platform>::default(), address)
            }

            /// Asks for the address at each attempt, so that a token can be fresh. When that fails, so has the attempt.
            ///
            /// ```
            /// use irori_client::{Endpoint, Options};
            ///
            /// async fn token() -> Result<String, std::io::Error> {
            ///     // from wherever yours come
            ///     # Ok("a.b.c".to_owned())
            /// }
            ///
            /// let options = Options::ask(|| async { Ok(Endpoint::new("https://board.example").bearer(&token().await?)?) });
            /// ```
            pub fn ask<F, Answer>(address: F) -> Self
            where
                F: Fn() -> Answer + MaybeSend + MaybeSync + 'static,
                Answer: Future<Output = Result<Endpoint, BoxError>> + MaybeSend + 'static,
            {
                Self::through(<$platform>::default(), address)
            }
        }
    };
}

#[cfg(all(feature = "native", not(target_family = "wasm")))]
default_platform!(crate::Native);

#[cfg(target_family = "wasm")]
default_platform!(crate::Browser);

#[cfg(target_family = "wasm")]
impl Options<crate::Browser> {
    /// Connects to where the page came from.
    pub fn here() -> Self {
        Self::to("/")
    }
}

impl<P, Key> Options<P, Key> {
    /// Which room of those that an address has, or which socket, when its address has a key: the params of the channel.
    pub fn key<K>(self, key: K) -> Options<P, K> {
        let Self { platform, key: _, address, contract, settings, inbox, hooks } = self;
        Options { platform, key, address, contract, settings, inbox, hooks }
    }

    /// Whether it connects at once. Default: yes; else [`set_enabled`](crate::Socket::set_enabled) begins.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.settings.enabled = enabled;
        self
    }

    /// How often it tries anew before it gives up, counted from the last connection that was
    /// [stable](Self::stable_after). `None`: without end. Default: 5, which are over within 8 s when each fails at once; who
    /// is to outlast a restart of the server wants more.
    pub fn max_retries(mut self, most: Option<u32>) -> Self {
        self.settings.max_retries = most;
        self
    }

    /// The longest wait before the first new try; those after it [grow](Self::growth) from there. Default: 250 ms.
    pub fn min_delay(mut self, delay: Duration) -> Self {
        self.settings.min_delay = delay;
        self
    }

    /// The longest wait of all. Default: 30 s.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.settings.max_delay = delay;
        self
    }

    /// What the longest wait is multiplied by after each try. Default: 2.
    pub fn growth(mut self, factor: f64) -> Self {
        self.settings.growth = factor;
        self
    }

    /// Whether waits differ from client to client, so that those of a server that was lost do not come back in step. The
    /// first is anything from nothing to [`min_delay`](Self::min_delay); after that every client keeps its place among the
    /// others (PROTOCOL.md, section 7). Without it each wait is the longest. Default: yes.
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.settings.jitter = jitter;
        self
    }

    /// How long a connection lives before the tries that led to it are forgotten. Default: 5 s.
    pub fn stable_after(mut self, duration: Duration) -> Self {
        self.settings.stable_after = duration;
        self
    }

    /// How long an attempt may take, the address included. Default: 10 s.
    pub fn connect_timeout(mut self, duration: Duration) -> Self {
        self.settings.connect_timeout = duration;
        self
    }

    /// How many messages may wait while there is no connection, 256 KiB of them at most, unless it is one alone. 0: none
    /// waits. Default: 128.
    ///
    /// Over a connection that is slow to take them, that many wait too, or 1,024 if that is more, 16 MiB of them at most.
    pub fn queue(mut self, messages: usize) -> Self {
        self.settings.queue = messages;
        self
    }

    /// How many messages may wait for a reader of [`messages`](crate::Socket::messages); then the oldest are dropped. 0 is as
    /// 1. Default: 1,024.
    pub fn inbox(mut self, messages: usize) -> Self {
        self.inbox = messages;
        self
    }

    /// Whether an end is followed by another try, if there are [any left](Self::max_retries). It is not asked about an end
    /// that the app wished. Default: yes, unless the code is 1000 or one of 4000-4999 (PROTOCOL.md, section 7).
    pub fn should_reconnect(mut self, decide: impl Fn(&CloseInfo) -> bool + MaybeSend + MaybeSync + 'static) -> Self {
        self.hooks.should_reconnect = Arc::new(decide);
        self
    }

    /// The hash of the contract that this client was built with: `Contract::hash` of irori-contract. A server that has
    /// another (`App::contract`) closes with 4409. Default: none, and nothing is checked.
    pub fn contract(mut self, hash: impl Into<String>) -> Self {
        self.contract = Some(hash.into());
        self
    }

    /// Is told what goes wrong without an end of the client, such as why an attempt failed. Default: it is logged by
    /// `tracing`, an attempt that cannot connect at the level `DEBUG`, everything else at `WARN`.
    pub fn on_problem(mut self, hear: impl Fn(&Problem) + MaybeSend + MaybeSync + 'static) -> Self {
        self.hooks.on_problem = Arc::new(hear);
        self
    }
}

impl<P: fmt::Debug, Key: fmt::Debug> fmt::Debug for Options<P, Key> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("platform", &self.platform)
            .field("key", &self.key)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
