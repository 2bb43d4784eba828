//! The rooms of the suite from outside any connection, over HTTP: on some hosts a room is in another process.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use irori::{Channel, ConnectionId, channel::Params, connection::RoomHandle, error::SendError};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Suite,
    http::{json as answer, status},
    room::{ChatRoom, FilePath, LineKey},
    room_at,
    tally::Said,
};

/// How a member is to be closed.
#[derive(Deserialize)]
struct Close {
    code: u16,
    reason: String,
}

impl Suite {
    /// Answers `POST /rooms/chat/:roomId` (says the body there, but not to `?except=ID`, and tells how many it reached),
    /// `GET` (lists the members), `DELETE /rooms/chat/:roomId/:id` (closes a member, tells whether it was there), and
    /// `POST /rooms/tally/:roomId`; also `POST /rooms/line/:r` and `/rooms/rest/:r`, where `r` is the key params as JSON.
    pub(super) async fn outside(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let segments: Vec<&str> = request.uri().path().split('/').collect();
        match (request.method(), &segments[..]) {
            (&Method::POST, ["", "rooms", "chat", room_id]) => self.say(room_id, except(request), request.body()).await,
            (&Method::GET, ["", "rooms", "chat", room_id]) => self.list(room_id).await,
            (&Method::DELETE, ["", "rooms", "chat", room_id, id]) => self.close(room_id, id, request.body()).await,
            (&Method::POST, ["", "rooms", "tally", room_id]) => self.count(room_id, request.body()).await,
            (&Method::POST, ["", "rooms", "line", r]) => self.tell("line", spelled::<LineKey>(r), request.body()).await,
            (&Method::POST, ["", "rooms", "rest", r]) => {
                self.tell("rest", spelled::<FilePath>(r), request.body()).await
            }
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    async fn tell<K: Channel>(&self, room: &'static str, key: Option<K>, body: &[u8]) -> Response<Bytes> {
        let (Some(key), Ok(message)) = (key, serde_json::from_slice(body)) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let room = self.app().rooms().of(room_at::<K, Value, Value, Value>(room), &key);
        reached(room.broadcast(&message).await.map(|delivery| delivery.reached))
    }

    async fn say(&self, room_id: &str, except: Option<ConnectionId>, body: &[u8]) -> Response<Bytes> {
        let Ok(message) = serde_json::from_slice(body) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let room = self.chat(room_id);
        let said = match except {
            Some(id) => room.broadcast_except(id, &message).await,
            None => room.broadcast(&message).await,
        };
        reached(said.map(|delivery| delivery.reached))
    }

    async fn list(&self, room_id: &str) -> Response<Bytes> {
        match self.chat(room_id).members().await {
            Ok(members) => answer(&json!(members)),
            Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    async fn close(&self, room_id: &str, id: &str, body: &[u8]) -> Response<Bytes> {
        let (Ok(id), Ok(Close { code, reason })) = (id.parse(), serde_json::from_slice(body)) else {
            return status(StatusCode::BAD_REQUEST);
        };
        match self.chat(room_id).close_member(id, code, reason).await {
            Ok(was_there) => answer(&json!(was_there)),
            Err(_) => status(StatusCode::BAD_REQUEST),
        }
    }

    async fn count(&self, room_id: &str, body: &[u8]) -> Response<Bytes> {
        let Ok(message) = serde_json::from_slice(body) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let room = self.app().rooms().of(room_at::<_, Value, Said, ()>("tally"), &key(room_id));
        reached(room.broadcast(&Said::new(message, self.log())).await.map(|delivery| delivery.reached))
    }

    fn chat(&self, room_id: &str) -> RoomHandle<Value, Value> {
        self.app().rooms().of(room_at::<_, Value, Value, Value>("chat"), &key(room_id))
    }
}

fn key(room_id: &str) -> ChatRoom {
    ChatRoom { room_id: decode(room_id) }
}

/// The key that these params spell.
fn spelled<K: Channel>(r: &str) -> Option<K> {
    let given: BTreeMap<String, String> = serde_json::from_str(&decode(r)).ok()?;
    let mut params = Params::new();
    given.iter().for_each(|(name, value)| params.set(name, value));
    K::from_params(&params).ok()
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn except(request: &Request<Bytes>) -> Option<ConnectionId> {
    request.uri().query()?.strip_prefix("except=")?.parse().ok()
}

fn reached(members: Result<usize, SendError>) -> Response<Bytes> {
    match members {
        Ok(reached) => answer(&json!(reached)),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
