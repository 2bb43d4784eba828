use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use irori::{
    CloseInfo, Message,
    rt::{BoxError, Timer as _},
    wire::{CloseFrame, Text},
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::{global, inbox::Inbox, listener::Listener, timer::BrowserTimer};
use crate::{
    endpoint::Request,
    platform::{Connection, Incoming},
};

/// Bytes that a browser holds for a slow network before the client does, which counts them.
const BUFFER: u32 = 1024 * 1024;

/// When a full buffer is looked at again: no event tells of it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A WebSocket of the browser. Dropped, it is closed, and nothing of it is heard any more.
#[derive(Debug)]
pub struct BrowserConnection {
    socket: WebSocket,
    incoming: Inbox<Incoming>,
    timer: BrowserTimer,
    _listeners: [Listener; 2],
}

impl BrowserConnection {
    pub(super) async fn open(request: &Request) -> Result<Self, BoxError> {
        let mut connection = Self::connect(request)?;
        let opened = Inbox::new();
        let (open, error) = (opened.clone(), opened.clone());
        let _open = Listener::new(&connection.socket, "open", move |_| open.put(true));
        // A close follows, but not where a policy of the page forbids to connect.
        let _error = Listener::new(&connection.socket, "error", move |_| error.put(false));
        let is_open = poll_fn(|cx| match opened.poll(cx) {
            // Before it opens nothing comes but its end.
            Poll::Pending => connection.poll_recv(cx).map(|_| false),
            told => told,
        });
        if !is_open.await {
            return Err("there is no connection; the browser does not say why".into());
        }
        Ok(connection)
    }

    fn connect(request: &Request) -> Result<Self, BoxError> {
        if let Some(name) = request.headers.keys().next() {
            return Err(format!("a browser sends no headers ({name}): use a query param or a subprotocol").into());
        }
        let protocols: Array = request.protocols.iter().map(JsValue::from).collect();
        let socket = WebSocket::new_with_str_sequence(&absolute(&request.url)?, &protocols).map_err(readable)?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let incoming = Inbox::new();
        let (messages, end) = (incoming.clone(), incoming.clone());
        let listeners = [
            Listener::new(&socket, "message", move |event| {
                messages.put(Incoming::Message(message(&event.unchecked_into::<MessageEvent>().data())));
            }),
            Listener::new(&socket, "close", move |event| {
                let event: CloseEvent = event.unchecked_into();
                end.put(Incoming::Closed(CloseInfo::new(event.code(), event.reason(), event.was_clean())));
            }),
        ];
        Ok(Self { socket, incoming, timer: BrowserTimer::new(), _listeners: listeners })
    }
}

impl Connection for BrowserConnection {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        self.incoming.poll(cx)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.socket.ready_state() != WebSocket::OPEN {
            return Poll::Pending; // a browser drops what is sent now; the end follows, and wakes
        }
        if self.socket.buffered_amount() < BUFFER {
            return Poll::Ready(());
        }
        // It only wakes: what counts is what is in the buffer then.
        let _ = Pin::new(&mut self.timer).poll_until(global::now() + LOOK_AGAIN, cx);
        Poll::Pending
    }

    fn send(&mut self, text: Text) {
        // It throws before the connection is open, and is ready no earlier.
        let _ = self.socket.send_with_str(&text);
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn close(&mut self, frame: &CloseFrame) {
        // It throws for a code that a browser refuses, and for a reason that is too long for a frame.
        let _ = self.socket.close_with_code_and_reason(permitted(frame.code().as_u16()), frame.reason());
    }
}

impl Drop for BrowserConnection {
    fn drop(&mut self) {
        // Without a code it throws nothing. One that is closed stays so.
        let _ = self.socket.close();
    }
}

/// The address with a scheme and a host: those of the page, if it has none.
fn absolute(url: &str) -> Result<String, BoxError> {
    if !url.starts_with('/') {
        return Ok(url.to_owned());
    }
    let origin = global::origin().ok_or("this page came from no server: give the address of one")?;
    Ok(format!("{}{url}", origin.replacen("http", "ws", 1)))
}

/// A text, or the bytes of an `ArrayBuffer`: there is no third, by `binaryType`.
fn message(data: &JsValue) -> Message {
    match data.as_string() {
        Some(text) => Text::from(text).into(),
        None => Message::Binary(Uint8Array::new(data).to_vec().into()),
    }
}

/// The code itself, or 1000 for those that browsers leave to themselves.
fn permitted(code: u16) -> u16 {
    if matches!(code, 3000..=4999) { code } else { 1000 }
}

/// What was thrown, for people.
fn readable(thrown: JsValue) -> BoxError {
    match thrown.dyn_into::<js_sys::Error>() {
        Ok(error) => String::from(error.message()).into(),
        Err(other) => format!("{other:?}").into(),
    }
}
