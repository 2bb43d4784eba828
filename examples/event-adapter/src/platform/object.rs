use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use http::Response;
use hyper::upgrade::OnUpgrade;
use tokio::{
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        oneshot,
    },
    time::{Instant, Sleep},
};

use super::{
    now,
    socket::{Message, Socket, carry},
};

/// What an object has in memory. It is called for each event, and no call waits for anything: what it begins is run on by
/// [`poll`](Self::poll), while other events may come.
pub trait Object: Send + 'static {
    /// A request has come, from the edge or from another object, perhaps with the stream that a client was promised.
    fn request(&mut self, body: &str, stream: Option<OnUpgrade>) -> Response<String>;

    /// A message has come.
    fn message(&mut self, socket: &Socket, message: Message);

    /// The peer has closed, with this code and reason: 1005 when it gave none, 1006 when it is gone without a word. It is
    /// for the object to answer, by [`Socket::close`]. Up to here the socket is among [`State::sockets`].
    fn close(&mut self, socket: &Socket, code: u16, reason: &str);

    /// The alarm that was set has come.
    fn alarm(&mut self);

    /// Runs what was begun. Ready when nothing is left of it: memory is dropped then.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// What of an object outlives its memory.
#[derive(Clone, Debug)]
pub struct State(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    events: UnboundedSender<Event>,
    lasting: Mutex<Lasting>,
}

#[derive(Debug, Default)]
struct Lasting {
    sockets: Vec<Socket>,
    alarm: Option<Duration>,
}

impl State {
    /// The name by which the object is found.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its sockets.
    pub fn sockets(&self) -> Vec<Socket> {
        self.lock().sockets.clone()
    }

    /// Makes a socket of the stream that a client was promised. It can be sent to at once.
    pub fn accept(&self, stream: OnUpgrade) -> Socket {
        let (socket, outgoing) = Socket::new();
        self.lock().sockets.push(socket.clone());
        tokio::spawn(carry(socket.clone(), stream, outgoing, self.0.events.clone()));
        socket
    }

    /// Sets when [`Object::alarm`] is to be called, since the Unix epoch, in place of what was set before.
    pub fn set_alarm(&self, at: Option<Duration>) {
        self.lock().alarm = at;
    }

    fn lock(&self) -> MutexGuard<'_, Lasting> {
        self.0.lasting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What may happen to an object.
#[derive(Debug)]
pub(super) enum Event {
    Request(String, Option<OnUpgrade>, oneshot::Sender<Response<String>>),
    Message(Socket, Message),
    Close(Socket, u16, String),
    Alarm,
    /// Somebody looks at its sockets, of which it knows nothing.
    Look(oneshot::Sender<Vec<Socket>>),
}

/// The life of an object, in which memory comes and goes.
pub(super) struct Life<O, W> {
    state: State,
    events: UnboundedReceiver<Event>,
    timer: Pin<Box<Sleep>>,
    wake: W,
    memory: Option<O>,
}

impl<O: Object, W: Fn(State) -> O> Life<O, W> {
    /// A life that begins with this event, and where to send others.
    pub(super) fn new(name: String, first: Event, wake: W) -> (Self, UnboundedSender<Event>) {
        let (sender, events) = unbounded_channel();
        let _ = sender.send(first); // to `events`, which is here
        let state = State(Arc::new(Inner { name, events: sender.clone(), lasting: Mutex::default() }));
        (Self { state, events, timer: Box::pin(sleep(Duration::ZERO)), wake, memory: None }, sender)
    }

    /// Lives until there is nothing left to keep, and gives the object's name.
    pub(super) async fn run(mut self) -> String {
        while let Some(event) = poll_fn(|cx| self.poll_event(cx)).await {
            self.call(event);
        }
        self.state.name().to_owned()
    }

    fn call(&mut self, event: Event) {
        match event {
            // Who asked may be gone when the answer comes.
            Event::Request(body, stream, answer) => drop(answer.send(self.object().request(&body, stream))),
            Event::Look(answer) => drop(answer.send(self.state.sockets())),
            Event::Message(socket, message) => self.object().message(&socket, message),
            Event::Close(socket, code, reason) => {
                self.object().close(&socket, code, &reason);
                self.state.lock().sockets.retain(|known| !known.is(&socket));
            }
            Event::Alarm => self.object().alarm(),
        }
    }

    fn object(&mut self) -> &mut O {
        self.memory.get_or_insert_with(|| (self.wake)(self.state.clone()))
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.memory.as_mut().is_some_and(|object| object.poll(cx).is_ready()) {
            self.memory = None;
        }
        let alarm = self.state.lock().alarm;
        if let Some(at) = alarm {
            if at <= now() {
                self.state.set_alarm(None);
                return Poll::Ready(Some(Event::Alarm));
            }
            self.timer.as_mut().reset(instant(at));
            let _ = self.timer.as_mut().poll(cx); // it wakes this task
        }
        if let Poll::Ready(event) = self.events.poll_recv(cx) {
            return Poll::Ready(event);
        }
        if self.memory.is_some() || alarm.is_some() || !self.state.lock().sockets.is_empty() {
            return Poll::Pending;
        }
        // What is sent from here on is for an object anew.
        self.events.close();
        self.events.poll_recv(cx)
    }
}

#[expect(clippy::disallowed_methods, reason = "the platform's timer")]
pub(super) fn sleep(duration: Duration) -> Sleep {
    tokio::time::sleep(duration)
}

#[expect(clippy::disallowed_methods, reason = "the platform's timer")]
fn instant(at: Duration) -> Instant {
    Instant::now() + at.saturating_sub(now())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Counts the requests that its memory has seen.
    struct Counter {
        seen: usize,
        is_busy: Arc<AtomicBool>,
    }

    impl Object for Counter {
        fn request(&mut self, _: &str, _: Option<OnUpgrade>) -> Response<String> {
            self.seen += 1;
            Response::new(self.seen.to_string())
        }

        fn message(&mut self, _: &Socket, _: Message) {}

        fn close(&mut self, _: &Socket, _: u16, _: &str) {}

        fn alarm(&mut self) {}

        fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
            if self.is_busy.load(Ordering::Relaxed) { Poll::Pending } else { Poll::Ready(()) }
        }
    }

    #[tokio::test]
    async fn memory_is_gone_as_soon_as_there_is_nothing_to_do() {
        let is_busy = Arc::new(AtomicBool::new(true));
        let busy = Arc::clone(&is_busy);
        let (answer, _) = oneshot::channel();
        let (life, events) = Life::new("counter".into(), Event::Look(answer), move |state: State| {
            state.set_alarm(Some(now() + Duration::from_secs(3600))); // something to keep
            Counter { seen: 0, is_busy: Arc::clone(&busy) }
        });
        tokio::spawn(life.run());
        let ask = async || {
            let (answer, answered) = oneshot::channel();
            events.send(Event::Request(String::new(), None, answer)).unwrap();
            answered.await.unwrap().into_body()
        };
        assert_eq!([ask().await, ask().await], ["1", "2"], "it is at work");
        is_busy.store(false, Ordering::Relaxed);
        assert_eq!([ask().await, ask().await], ["1", "1"], "it is idle after each");
    }
}
