//! A Durable Object: the place of one room, or of one socket.

use std::{
    cell::{Cell, RefCell},
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe},
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use irori::{
    BuiltApp, ConnectionId,
    helper::{Residents, RoomKey},
    rt::Now,
    transport::Received,
};
use js_sys::futures::{future_to_promise, spawn_local};
use wasm_bindgen::JsValue;
use worker::{
    WebSocketPair,
    worker_sys::{self, ext::ResponseInitExt as _, web_sys},
};

use crate::{
    errand::Errand,
    memory::{Memory, ObjectSocket},
    runtime::{delay, now},
    socket,
};

/// The tag of the sockets that are ours. The class that holds an object may have others.
const TAG: &str = "irori";

/// A deadline that is nearer than this is waited for in memory; for one that is farther the platform wakes the object.
const NEAR: Duration = Duration::from_secs(1);

/// A Durable Object, to be held by the class that [`worker!`](crate::worker) defines. Each method answers one event of the
/// platform; its value is what the platform is to wait for, or `undefined`.
pub struct Object(Rc<Inner>);

// A panic that unwinds leaves an object as an error would: what it guards is only ever borrowed for a moment.
impl UnwindSafe for Object {}
impl RefUnwindSafe for Object {}

struct Inner {
    state: worker_sys::DurableObjectState,
    memory: RefCell<Memory>,
    /// When it goes on by itself, awake as it is.
    near: Cell<Option<Now>>,
    /// When the platform wakes it. A deadline that moves away since is looked at again then: each change costs a write.
    far: Cell<Option<Now>>,
}

impl Object {
    /// The object, with everybody brought to life who is in its sockets.
    pub fn new(app: &BuiltApp, state: worker_sys::DurableObjectState) -> Self {
        let sockets = state.get_websockets_with_tag(TAG).unwrap_or_default();
        let memory = RefCell::new(Memory::new(app, now(), sockets));
        let object = Self(Rc::new(Inner { state, memory, near: Cell::default(), far: Cell::default() }));
        object.0.watch();
        object
    }

    /// A request of a Worker: a connection that is to live here, or a question about the room.
    pub fn fetch(&self, request: web_sys::Request) -> JsValue {
        let inner = Rc::clone(&self.0);
        future_to_promise(AssertUnwindSafe(async move { inner.fetch(request).await.map(JsValue::from) })).into()
    }

    /// A message came.
    pub fn message(&self, socket: &web_sys::WebSocket, message: &JsValue) -> JsValue {
        self.call(socket, |residents, id| match socket::message(message, residents.app().limits().message.bytes) {
            Some(received) => residents.receive(id, received),
            None => residents.receive_too_big(id),
        })
    }

    /// A socket has closed, or is gone.
    pub fn close(&self, socket: &web_sys::WebSocket, code: u16, reason: &str, was_clean: bool) -> JsValue {
        let frame = socket::closed(code, reason, was_clean);
        self.call(socket, |residents, id| match frame {
            Some(frame) => residents.receive(id, Received::Close(frame)),
            None => residents.lose(id, None),
        })
    }

    /// A socket has failed.
    pub fn error(&self, socket: &web_sys::WebSocket, error: &JsValue) -> JsValue {
        let why = socket::words(error);
        self.call(socket, |residents, id| residents.lose(id, Some(why)))
    }

    /// The time has come that the object wanted to be woken at.
    pub fn alarm(&self) -> JsValue {
        self.0.far.set(None);
        self.0.go_on();
        JsValue::UNDEFINED
    }

    fn call(
        &self,
        socket: &web_sys::WebSocket,
        event: impl FnOnce(&mut Residents<ObjectSocket>, ConnectionId),
    ) -> JsValue {
        let id = {
            let mut memory = self.0.memory.borrow_mut();
            let Some(id) = memory.id_of(socket) else { return JsValue::UNDEFINED };
            event(&mut memory.residents, id);
            id
        };
        self.0.settle(Some(id))
    }
}

impl Inner {
    /// Runs what can be run. What cannot be done at once is a promise.
    fn settle(self: &Rc<Self>, of: Option<ConnectionId>) -> JsValue {
        if self.poll(of, &mut Context::from_waker(Waker::noop())).is_ready() {
            return JsValue::UNDEFINED;
        }
        let inner = Rc::clone(self);
        let rest = async move {
            poll_fn(|cx| inner.poll(of, cx)).await;
            Ok(JsValue::UNDEFINED)
        };
        future_to_promise(AssertUnwindSafe(rest)).into()
    }

    fn poll(self: &Rc<Self>, of: Option<ConnectionId>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = self.memory.borrow_mut().residents.poll(now(), of, cx);
        self.set_alarm();
        polled
    }

    /// Runs what can be run now; the rest is looked after.
    fn go_on(self: &Rc<Self>) {
        let _ = self.poll(None, &mut Context::from_waker(Waker::noop()));
    }

    /// Looks after what happens between events: a send from a task of the app's, say.
    fn watch(self: &Rc<Self>) {
        let object = Rc::downgrade(self);
        spawn_local(poll_fn(move |cx| match Weak::upgrade(&object) {
            Some(object) => {
                object.memory.borrow_mut().residents.watch(now(), cx);
                object.set_alarm();
                Poll::Pending
            }
            None => Poll::Ready(()),
        }));
    }

    /// Sees to it that the object wakes when the next deadline has come.
    fn set_alarm(self: &Rc<Self>) {
        let Some(at) = self.memory.borrow().residents.next_deadline() else { return };
        let wait = at.since(now());
        let alarm = if wait > NEAR { &self.far } else { &self.near };
        if alarm.get().is_some_and(|set| set <= at) {
            return;
        }
        alarm.set(Some(at));
        if wait > NEAR {
            return self.set_far_alarm(at);
        }
        let object = Rc::downgrade(self);
        spawn_local(async move {
            delay(wait).await;
            // One that was overtaken by an earlier alarm has nothing to say: it would set another one, and that another.
            if let Some(object) = object.upgrade()
                && object.near.get() == Some(at)
            {
                object.near.set(None);
                object.go_on();
            }
        });
    }

    fn set_far_alarm(self: &Rc<Self>, at: Now) {
        let millis = at.as_nanos().div_ceil(1_000_000) as f64;
        let set = self
            .state
            .storage()
            .and_then(|storage| storage.set_alarm(js_sys::Date::new(&millis.into()), JsValue::UNDEFINED.into()));
        let object = Rc::downgrade(self);
        spawn_local(async move {
            let set = match set {
                Ok(set) => js_sys::futures::JsFuture::from(set).await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = set {
                tracing::error!(error = socket::words(&error), "the alarm is not set");
                // It is tried again with the next event.
                object.upgrade().iter().for_each(|object| object.far.set(None));
            }
        });
    }

    async fn fetch(self: Rc<Self>, request: web_sys::Request) -> Result<web_sys::Response, JsValue> {
        match Errand::read(&request).await {
            Ok(Errand::Enter(record)) => {
                if let Err(refusal) = self.memory.borrow().check(&record) {
                    return web_sys::Response::new_with_opt_str_and_init(None, &status(refusal.status().as_u16()));
                }
                let pair = WebSocketPair::new().map_err(|error| JsValue::from_str(&error.to_string()))?;
                let server = pair.server.as_ref();
                self.state.accept_websocket_with_tags(server, vec![JsValue::from_str(TAG)])?;
                self.memory.borrow_mut().enter(now(), &record, server);
                // Its opening may take long, and may fail; the answer does not wait for that.
                let (object, id) = (Rc::clone(&self), record.id());
                spawn_local(async move { poll_fn(|cx| object.poll(Some(id), cx)).await });
                let mut init = status(101);
                init.websocket(pair.client.as_ref())?;
                web_sys::Response::new_with_opt_str_and_init(None, &init)
            }
            Ok(Errand::Ask(room, question)) => self.answer(&room, &question),
            Err(error) => {
                tracing::error!(%error, "a request that is no errand");
                web_sys::Response::new_with_opt_str_and_init(None, &status(400))
            }
        }
    }

    fn answer(self: &Rc<Self>, room: &RoomKey, question: &str) -> Result<web_sys::Response, JsValue> {
        let answer = self.memory.borrow_mut().residents.answer(room, question);
        self.go_on();
        match answer {
            Ok(answer) => web_sys::Response::new_with_opt_str(Some(&answer)),
            Err(_) => web_sys::Response::new_with_opt_str_and_init(None, &status(400)),
        }
    }
}

fn status(status: u16) -> web_sys::ResponseInit {
    let init = web_sys::ResponseInit::new();
    init.set_status(status);
    init
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object")
    }
}
