//! What a Durable Object has in memory, and may lose between any two events.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use bytes::Bytes;
use irori::{
    BuiltApp, ConnectionId,
    error::Refusal,
    helper::{EventSocket, Record, Residents},
    rt::{BoxError, Now},
    wire::Frame,
};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::{send::SendWrapper, worker_sys::web_sys};

use crate::{attachment, crash, socket};

/// Numbers of connections that are gone, of which so many may be kept.
const MANY: usize = 64;

/// The connections of an object, and how its sockets lead to them.
pub(crate) struct Memory {
    pub(crate) residents: Residents<ObjectSocket>,
    /// Whose a socket is, by the number that is written on it. No number is written twice.
    ids: HashMap<u32, ConnectionId>,
    value: Rc<RefCell<LastValue>>,
}

#[wasm_bindgen]
extern "C" {
    /// A socket that has a number written on it.
    #[wasm_bindgen(js_name = WebSocket)]
    type Numbered;

    #[wasm_bindgen(method, getter, structural, js_name = irori)]
    fn number(this: &Numbered) -> Option<u32>;

    #[wasm_bindgen(method, setter, structural, js_name = irori)]
    fn set_number(this: &Numbered, number: Option<u32>);
}

impl Memory {
    /// Brings to life whoever is in these sockets.
    pub(crate) fn new(app: &BuiltApp, now: Now, sockets: Vec<web_sys::WebSocket>) -> Self {
        let mut memory = Self { residents: Residents::new(app), ids: HashMap::new(), value: Rc::default() };
        for socket in sockets {
            let kept = attachment::kept(&socket);
            // It may bear a number that was written before memory was gone.
            socket.unchecked_ref::<Numbered>().set_number(None);
            if crash::took(&socket) {
                memory.residents.abandon(&kept, &memory.socket(&socket));
                continue;
            }
            match memory.residents.resume(now, &kept, memory.socket(&socket)) {
                Ok(id) => memory.write_number(&socket, id),
                Err(error) => tracing::info!(%error, "a socket without a connection"),
            }
        }
        memory
    }

    /// Lets a new connection in.
    pub(crate) fn enter(&mut self, now: Now, record: &Record, socket: &web_sys::WebSocket) {
        let place = self.socket(socket);
        self.write_number(socket, record.id());
        self.residents.enter(now, record, place);
    }

    /// Whose a socket is.
    pub(crate) fn id_of(&mut self, socket: &web_sys::WebSocket) -> Option<ConnectionId> {
        let number = socket.unchecked_ref::<Numbered>().number();
        let id = number.and_then(|number| self.ids.get(&number).copied());
        // The platform may show the same socket as another object of JavaScript, which bears no number.
        id.or_else(|| {
            let id = Record::read(&attachment::kept(socket)).ok()?.id();
            self.write_number(socket, id);
            Some(id)
        })
    }

    pub(crate) fn check(&self, record: &Record) -> Result<(), Refusal> {
        self.residents.check(record)
    }

    fn socket(&self, socket: &web_sys::WebSocket) -> ObjectSocket {
        ObjectSocket(SendWrapper::new((socket.clone(), Rc::clone(&self.value))))
    }

    fn write_number(&mut self, socket: &web_sys::WebSocket, id: ConnectionId) {
        let Self { residents, ids, .. } = self;
        if ids.len() > 2 * residents.len() + MANY {
            ids.retain(|_, id| residents.contains(*id));
        }
        let number = crash::next_number();
        socket.unchecked_ref::<Numbered>().set_number(Some(number));
        ids.insert(number, id);
    }
}

/// The frame that was sent last, as a value of JavaScript: a broadcast makes it once.
#[derive(Default)]
struct LastValue(Option<(Bytes, JsValue)>);

impl LastValue {
    fn of(&mut self, frame: &Frame) -> &JsValue {
        let bytes = frame.as_bytes();
        let is_same = |(last, _): &(Bytes, JsValue)| last.as_ptr() == bytes.as_ptr() && last.len() == bytes.len();
        if !self.0.as_ref().is_some_and(is_same) {
            self.0 = None;
        }
        // The bytes are kept, so that no other frame can be where they are.
        &self.0.get_or_insert_with(|| (bytes.clone(), socket::value(frame))).1
    }
}

/// A hibernatable socket.
pub(crate) struct ObjectSocket(SendWrapper<(web_sys::WebSocket, Rc<RefCell<LastValue>>)>);

impl EventSocket for ObjectSocket {
    fn send(&self, frame: Frame) -> Result<(), BoxError> {
        let (socket, value) = &*self.0;
        Ok(socket::send(socket, value.borrow_mut().of(&frame))?)
    }

    fn close(&self, frame: Frame) {
        let (socket, _) = &*self.0;
        socket::close(socket, &frame);
    }

    fn keep(&self, record: String) -> Result<(), BoxError> {
        let (socket, _) = &*self.0;
        Ok(attachment::keep(socket, &record)?)
    }

    fn runs(&self, runs: bool) {
        let (socket, _) = &*self.0;
        if runs { crash::begin(socket) } else { crash::end() }
    }
}
