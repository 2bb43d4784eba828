//! What a Worker asks an object for. No client's header gets there: each errand is a request of our own.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use irori::helper::{Record, RoomKey};
use js_sys::futures::JsFuture;
use wasm_bindgen::JsValue;
use worker::worker_sys::web_sys;

use crate::socket;

/// Where errands go; an object is found by its stub, not by its address.
const URL: &str = "https://object/";

const RECORD: &str = "x-irori-record";
const ROOM: &str = "x-irori-room";

/// Why an object is called.
pub(crate) enum Errand {
    /// This connection is to live there.
    Enter(Box<Record>),
    /// Something is asked about the room.
    Ask(RoomKey, String),
}

impl Errand {
    /// Reads an errand from its request.
    pub(crate) async fn read(request: &web_sys::Request) -> Result<Self, NoErrand> {
        // A Worker may pass a client's own request on to an object, with whatever headers: that is no errand.
        if request.url() != URL {
            return Err(NoErrand);
        }
        let header = |name| {
            let value = request.headers().get(name).ok().flatten()?;
            String::from_utf8(STANDARD.decode(value).ok()?).ok()
        };
        if let Some(record) = header(RECORD) {
            return Record::read(&record).map(|record| Self::Enter(Box::new(record))).map_err(|_| NoErrand);
        }
        let room = header(ROOM).and_then(|room| room.parse().ok()).ok_or(NoErrand)?;
        let body = JsFuture::from(request.text().map_err(|_| NoErrand)?).await;
        let question = body.ok().and_then(|body| body.as_string()).ok_or(NoErrand)?;
        Ok(Self::Ask(room, question))
    }

    /// The request of an errand.
    pub(crate) fn request(&self) -> Result<web_sys::Request, String> {
        self.build().map_err(|error: JsValue| socket::words(&error))
    }

    fn build(&self) -> Result<web_sys::Request, JsValue> {
        let (init, headers) = (web_sys::RequestInit::new(), web_sys::Headers::new()?);
        match self {
            Self::Enter(record) => {
                headers.set("upgrade", "websocket")?;
                headers.set(RECORD, &STANDARD.encode(record.to_string()))?;
            }
            Self::Ask(room, question) => {
                init.set_method("POST");
                init.set_body(&JsValue::from_str(question));
                headers.set(ROOM, &STANDARD.encode(room.to_string()))?;
            }
        }
        init.set_headers(&headers);
        web_sys::Request::new_with_str_and_init(URL, &init)
    }
}

/// A request that no Worker of ours made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoErrand;

impl fmt::Display for NoErrand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request of an object is neither an upgrade nor a question of ours")
    }
}
