//! A WebSocket that lives in the Worker itself: raw events, and denials.

use std::{
    cell::RefCell,
    collections::VecDeque,
    fmt,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use irori::{
    limits::{InboxLimits, Limits},
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::{CloseCode, CloseFrame, Frame, Opcode},
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use worker::{
    WebSocket,
    send::SendWrapper,
    worker_sys::{ext::WebSocketExt as _, web_sys},
};

use crate::socket;

/// The server's end of a pair, accepted.
pub(crate) struct WorkersTransport(SendWrapper<Inner>);

struct Inner {
    socket: web_sys::WebSocket,
    inbox: Rc<RefCell<Inbox>>,
    _listeners: [Listener; 3],
}

#[derive(Default)]
struct Inbox {
    received: VecDeque<Result<Received, ReceiveError>>,
    /// Bytes of the messages in it.
    bytes: usize,
    limits: InboxLimits,
    waker: Option<Waker>,
}

impl Inbox {
    /// The platform cannot stop reading, so what is too much ends the connection.
    ///
    /// Gives `false` when it was too much.
    fn push(&mut self, received: Result<Received, ReceiveError>) -> bool {
        let full = self.received.len() >= self.limits.backlog_messages || self.bytes >= self.limits.backlog_bytes;
        match message(&received) {
            Some(_) if full => {
                (self.received, self.bytes) = (VecDeque::new(), 0);
                self.received.push_back(Err(ReceiveError::Lost(Some("too many messages wait".into()))));
                false
            }
            size => {
                self.bytes += size.unwrap_or_default();
                self.received.push_back(received);
                true
            }
        }
    }

    fn pop(&mut self) -> Option<Result<Received, ReceiveError>> {
        let received = self.received.pop_front()?;
        self.bytes -= message(&received).unwrap_or_default();
        Some(received)
    }
}

/// The bytes of a message, if it is one.
fn message(received: &Result<Received, ReceiveError>) -> Option<usize> {
    match received {
        Ok(Received::Text(bytes) | Received::Binary(bytes)) => Some(bytes.len()),
        _ => None,
    }
}

impl WorkersTransport {
    /// Accepts the server's end. Must be called where the pair was made, before anything is awaited: what comes before
    /// the listeners are there is lost.
    pub(crate) fn accept(socket: &WebSocket, limits: &Limits) -> Result<Self, JsValue> {
        let socket = socket.as_ref().clone();
        let inbox = Rc::new(RefCell::new(Inbox { limits: limits.inbox.clone(), ..Inbox::default() }));
        let (messages, closes, errors) = (Rc::clone(&inbox), Rc::clone(&inbox), Rc::clone(&inbox));
        let (most, overfull) = (limits.message.bytes, socket.clone());
        let listeners = [
            Listener::new(&socket, "message", move |event: web_sys::MessageEvent| {
                let received = socket::message(&event.data(), most).ok_or(ReceiveError::TooBig);
                if !post(&messages, received) {
                    socket::close(&overfull, &Frame::close(CloseFrame::new(CloseCode::TRY_AGAIN, "").ok().as_ref()));
                }
            })?,
            Listener::new(&socket, "close", move |event: web_sys::CloseEvent| {
                let frame = socket::closed(event.code(), &event.reason(), event.was_clean());
                let _ = post(&closes, frame.map(Received::Close).ok_or(ReceiveError::Lost(None)));
            })?,
            Listener::new(&socket, "error", move |event: web_sys::ErrorEvent| {
                let _ = post(&errors, Err(ReceiveError::Lost(Some(event.message().into()))));
            })?,
        ];
        socket.accept()?;
        // From the compatibility date 2026-03-17 on bytes would come as a Blob else, which is read asynchronously.
        socket.set_binary_type(web_sys::BinaryType::Arraybuffer);
        Ok(Self(SendWrapper::new(Inner { socket, inbox, _listeners: listeners })))
    }
}

impl Transport for WorkersTransport {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        let mut inbox = self.0.inbox.borrow_mut();
        match inbox.pop() {
            Some(received) => Poll::Ready(received),
            None => {
                inbox.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_send(&mut self, _: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        let Inner { socket, inbox, .. } = &*self.0;
        for frame in frames.drain(..) {
            match frame.opcode() {
                Opcode::Text | Opcode::Binary | Opcode::Continuation => {
                    socket::send(socket, &socket::value(&frame))?;
                }
                Opcode::Close => socket::close(socket, &frame),
                // The platform itself sees whether the peer is there, and sends no pings for us.
                Opcode::Ping => drop(inbox.borrow_mut().push(Ok(Received::Alive))),
                Opcode::Pong => {}
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl fmt::Debug for WorkersTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkersTransport")
    }
}

fn post(inbox: &RefCell<Inbox>, received: Result<Received, ReceiveError>) -> bool {
    let (fits, waker) = {
        let mut inbox = inbox.borrow_mut();
        (inbox.push(received), inbox.waker.take())
    };
    waker.into_iter().for_each(Waker::wake);
    fits
}

/// A listener, for as long as it is kept.
struct Listener {
    socket: web_sys::WebSocket,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    fn new<E: wasm_bindgen::JsCast>(
        socket: &web_sys::WebSocket,
        event: &'static str,
        mut hear: impl FnMut(E) + 'static,
    ) -> Result<Self, JsValue> {
        let hear: Box<dyn FnMut(JsValue)> = Box::new(move |event: JsValue| hear(event.unchecked_into()));
        let closure = Closure::wrap_assert_unwind_safe(hear);
        socket.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref())?;
        Ok(Self { socket: socket.clone(), event, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A socket that is gone has no listeners to be taken away.
        let _ = self.socket.remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
    }
}
