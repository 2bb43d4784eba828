use std::{fmt, sync::Arc, time::Duration};

use irori::{
    CloseCode, CloseInfo, SocketRef,
    channel::{Channel, NoKey, Params},
    rt::{MaybeSend, MaybeSync},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client::{Client, Listening, WeakClient},
    drive::Target,
    messages::Messages,
    mirror::{Payload, Plain},
    options::Options,
    platform::Platform,
    send::{Delivery, ReservedCode, SendError},
    status::Status,
    watch::Watch,
};

/// Connects to a socket, and stays connected.
///
/// What is said comes from the address alone:
///
/// ```no_run
/// use irori::SocketRef;
/// use irori_client::{Options, use_socket};
///
/// const ECHO: SocketRef<String, String> = SocketRef::new("src/echo", "echo");
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let echo = use_socket(ECHO, Options::to("http://127.0.0.1:3000"));
/// let mut messages = echo.messages();
/// echo.send(&"hello".to_owned())?;
/// assert_eq!(messages.recv().await.as_deref(), Some("hello"));
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Over tokio, outside of its runtime.
pub fn use_socket<In, Out, Key, P>(at: SocketRef<In, Out, Key>, options: Options<P, Key>) -> Socket<In, Out, Key>
where
    In: Serialize,
    Out: DeserializeOwned + Payload,
    Key: Channel,
    P: Platform,
{
    let params = params(&options.key);
    let target = Target::of(at.module(), at.name(), &options);
    Socket { client: Client::start(options, target, params, Plain::new()), at }
}

/// A socket, as its client holds it. Clones are one client; with the last of them it is closed.
pub struct Socket<In, Out, Key = NoKey>
where
    Out: DeserializeOwned + Payload,
{
    client: Client<Plain<Out>>,
    at: SocketRef<In, Out, Key>,
}

impl<In, Out, Key> Socket<In, Out, Key>
where
    Out: DeserializeOwned + Payload,
{
    /// Sends a message, or has it wait for the connection. It is written as JSON here and now.
    ///
    /// # Errors
    ///
    /// When it was not taken: as much waits as [may](Options::queue), the client is closing or closed, or there is no JSON
    /// for it.
    pub fn send(&self, message: &In) -> Result<Delivery, SendError>
    where
        In: Serialize,
    {
        self.client.send(serde_json::to_string(message)?.into())
    }

    /// Says this first over every connection from now on, before what waited: what a server has to know of who comes back,
    /// such as which channels of its own it was in. Over one that is open already it is not said.
    ///
    /// # Errors
    ///
    /// When a message is not to be written as JSON.
    pub fn set_greeting<'a>(&self, greeting: impl IntoIterator<Item = &'a In>) -> serde_json::Result<()>
    where
        In: Serialize + 'a,
    {
        let texts = greeting.into_iter().map(|message| Ok(serde_json::to_string(message)?.into()));
        self.client.greet(texts.collect::<serde_json::Result<_>>()?);
        Ok(())
    }

    /// Goes to another key: what waits to be sent is dropped, and the greeting and the last message are forgotten. What was
    /// [`Sent`](Delivery::Sent) has 5 s to go out, as after [`close`](Self::close). It connects there at once, unless it was
    /// closed here or never enabled. To the same one nothing happens.
    pub fn set_key(&self, key: &Key)
    where
        Key: Channel,
    {
        self.client.go(params(key));
    }
}

impl<In, Out: DeserializeOwned + Payload, Key> Clone for Socket<In, Out, Key> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), at: self.at }
    }
}

impl<In, Out: DeserializeOwned + Payload, Key> fmt::Debug for Socket<In, Out, Key> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("at", &self.at).field("status", &self.status().get()).finish_non_exhaustive()
    }
}

/// The params of a key; a socket without any says none (PROTOCOL.md, section 1).
fn params<Key: Channel>(key: &Key) -> Option<Params> {
    Some(key.to_params()).filter(|params| params.iter().next().is_some())
}

/// What sockets and rooms have in common.
macro_rules! common {
    ($handle:ident, $weak:ident <$($type:ident),*>, $at:ty, $mirror:ty, $message:ty, $($bounds:tt)*) => {
        impl<$($type),*> $handle<$($type),*>
        where
            $($bounds)*
        {
            /// The state of the connection. Watchers are woken at each new wait too, see [`retry_in`](Self::retry_in).
            pub fn status(&self) -> Watch<Status> {
                self.client.status()
            }

            /// How the last connection ended; `None` while one is open, and before the first of this key ended. An attempt
            /// that failed is an end with 1006, and [`Options::on_problem`] is told why.
            pub fn close_info(&self) -> Watch<Option<CloseInfo>> {
                self.client.close_info()
            }

            /// How long until the next try; `None` unless the client waits for one.
            pub fn retry_in(&self) -> Option<Duration> {
                self.client.retry_in()
            }

            /// Tries now, and has all tries again, when it waits for the next or has given up. For a button beside the time
            /// that is left, and for who hears from elsewhere that the network is back.
            pub fn retry_now(&self) {
                self.client.retry_now();
            }

            /// How many messages wait for a connection.
            pub fn queued(&self) -> Watch<usize> {
                self.client.queued()
            }

            /// The messages from now on. What came before is not among them, nor what came with the opening when that was
            /// waited for: whoever is to miss nothing asks for them first, of a client that is
            /// [not enabled](Options::enabled) yet if need be.
            pub fn messages(&self) -> Messages<$message> {
                self.client.messages()
            }

            /// The last message that came. It is forgotten when the client goes to another key.
            pub fn last_message(&self) -> Option<$message> {
                self.client.last_message()
            }

            /// Calls a function for each message, until what it gives is dropped. It is called in order, and what comes
            /// next waits for it.
            ///
            /// A function that has a handle of its own client keeps that alive. To answer, it takes a weak one:
            /// [`downgrade`](Self::downgrade).
            pub fn on_message(&self, hear: impl Fn(&$message) + MaybeSend + MaybeSync + 'static) -> Listening {
                self.client.on_message(Arc::new(hear))
            }

            /// Waits until it is [open](Status::Open), however many tries that takes. At once, when it is. A socket is open for
            /// a moment even when it is denied.
            ///
            /// # Errors
            ///
            /// When it is [closed](Status::Closed). The close info says how the last connection ended; 1006, when there was
            /// none.
            pub async fn opened(&self) -> Result<(), CloseInfo> {
                self.client.opened().await
            }

            /// Waits until it is closed, and says how the last connection ended; 1006, when there was none. At once, when
            /// it is.
            pub async fn closed(&self) -> CloseInfo {
                self.client.closed().await
            }

            /// Connects when it is closed, for whatever reason; or closes with 1000.
            pub fn set_enabled(&self, enabled: bool) {
                self.client.set_enabled(enabled);
            }

            /// Closes the connection, if there is one. What waits for one is dropped; what was [`Sent`](Delivery::Sent)
            /// goes out before, as far as 5 s are enough for it and the server's answer. The code and the reason are for the
            /// server; a reason over 123 bytes is cut at a character.
            ///
            /// This only begins it, and [`closed`](Self::closed) waits for it. The client does not end by it: that is when
            /// the last handle is dropped.
            ///
            /// # Errors
            ///
            /// When the code is neither 1000 nor one of 3000-4999.
            pub fn close(&self, code: impl Into<CloseCode>, reason: &str) -> Result<(), ReservedCode> {
                self.client.close(code.into(), reason)
            }

            /// A handle that does not keep the client alive.
            pub fn downgrade(&self) -> $weak<$($type),*> {
                $weak { client: self.client.downgrade(), at: self.at }
            }
        }

        /// A handle that does not keep its client alive, for functions that the client itself has.
        ///
        #[doc = concat!("Of [`downgrade`](", stringify!($handle), "::downgrade).")]
        pub struct $weak<$($type),*>
        where
            $($bounds)*
        {
            client: WeakClient<$mirror>,
            at: $at,
        }

        impl<$($type),*> $weak<$($type),*>
        where
            $($bounds)*
        {
            /// The client, if there is still a handle of it.
            pub fn upgrade(&self) -> Option<$handle<$($type),*>> {
                Some($handle { client: self.client.upgrade()?, at: self.at })
            }
        }

        impl<$($type),*> Clone for $weak<$($type),*>
        where
            $($bounds)*
        {
            fn clone(&self) -> Self {
                Self { client: self.client.clone(), at: self.at }
            }
        }

        impl<$($type),*> fmt::Debug for $weak<$($type),*>
        where
            $($bounds)*
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($weak)).field("at", &self.at).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use common;

common!(
    Socket, WeakSocket<In, Out, Key>,
    SocketRef<In, Out, Key>,
    Plain<Out>,
    Out,
    Out: DeserializeOwned + Payload
);
