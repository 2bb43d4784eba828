//! A small platform that calls by event, a stand-in for a real one. It knows nothing of irori.
//!
//! At its edge a function answers every request. Behind it are objects, each found by its name, which come to be when they
//! are first asked for something. An [`Object`] is called for each event: a request, a message, the close of a socket, an
//! alarm. Whenever it has nothing left to do, be it after every event, its memory is dropped. What stays are its name, its
//! sockets, the text that is kept with each, and the alarm that is set.

mod edge;
mod object;
mod socket;

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::{body::Incoming, upgrade::OnUpgrade};
use tokio::{
    net::TcpListener,
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        oneshot,
    },
    task::JoinSet,
};

use self::object::{Event, Life};
pub use self::{
    object::{Object, State},
    socket::{KEPT_BYTES, Message, Socket, SocketError},
};

/// The platform: its edge, and where objects live.
#[derive(Debug)]
pub struct Platform {
    calls: UnboundedReceiver<Call>,
}

/// Reaches objects, from the edge or from another object.
#[derive(Clone, Debug)]
pub struct Objects {
    calls: UnboundedSender<Call>,
}

/// An event for the object of this name.
type Call = (String, Event);

/// The time since the Unix epoch: it goes on where memory does not.
#[expect(clippy::disallowed_methods, reason = "the platform's clock")]
pub fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

impl Objects {
    /// Sends a request to an object: a body, and perhaps the stream that a client's request was promised. The answer is a
    /// 503 when the platform is gone.
    pub async fn request(&self, name: String, body: String, stream: Option<OnUpgrade>) -> Response<String> {
        self.call(name, |answer| Event::Request(body, stream, answer)).await.unwrap_or_else(|| {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        })
    }

    /// The sockets of an object, for whoever runs the platform.
    pub async fn sockets(&self, name: String) -> Vec<Socket> {
        self.call(name, Event::Look).await.unwrap_or_default()
    }

    async fn call<T>(&self, name: String, event: impl FnOnce(oneshot::Sender<T>) -> Event) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        // A platform that is gone takes no call, and gives no answer either.
        let _ = self.calls.send((name, event(answer)));
        answered.await.ok()
    }
}

impl Platform {
    /// A platform without objects yet, and how they are reached.
    pub fn new() -> (Self, Objects) {
        let (sender, calls) = unbounded_channel();
        (Self { calls }, Objects { calls: sender })
    }

    /// Serves without end. `answer` is given every request, with the peer's address among its extensions; `wake` makes what
    /// an object has in memory.
    pub async fn serve<F, A, W, O>(self, listener: TcpListener, answer: F, wake: W)
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
        W: Fn(State) -> O + Clone + Send + 'static,
        O: Object,
    {
        tokio::join!(edge::serve(listener, answer), self.host(wake));
    }

    /// Brings calls to their objects, each of which lives for as long as there is something to keep.
    async fn host<W, O>(mut self, wake: W)
    where
        W: Fn(State) -> O + Clone + Send + 'static,
        O: Object,
    {
        let mut objects = HashMap::<String, UnboundedSender<Event>>::new();
        let mut lives = JoinSet::new();
        loop {
            tokio::select! {
                Some((name, event)) = self.calls.recv() => {
                    let unsent = match objects.get(&name) {
                        Some(object) => object.send(event).err().map(|unsent| unsent.0),
                        None => Some(event),
                    };
                    if let Some(event) = unsent {
                        let (life, object) = Life::new(name.clone(), event, wake.clone());
                        objects.insert(name, object);
                        lives.spawn(life.run());
                    }
                }
                Some(Ok(name)) = lives.join_next() => {
                    // By now it may have begun anew.
                    if objects.get(&name).is_some_and(UnboundedSender::is_closed) {
                        objects.remove(&name);
                    }
                }
                else => return,
            }
        }
    }
}
