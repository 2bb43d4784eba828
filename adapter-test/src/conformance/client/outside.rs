use bytes::Bytes;
use http::{Method, Response};
use serde_json::{Value, json};

use super::{Server, kit::encode};

/// The rooms of the suite from outside any connection.
impl Server {
    /// Says something in a chat room; gives how many members it reached.
    pub(crate) async fn say_outside(&self, room_id: &str, message: &Value) -> usize {
        read(&self.request(Method::POST, &chat(room_id), message.to_string()).await)
    }

    /// Says something in the `line` or `rest` room that these key params spell; gives how many members it reached.
    pub(crate) async fn say_outside_in(&self, unit: &str, params: &Value, message: &Value) -> usize {
        let path = format!("/rooms/{unit}/{}", encode(&params.to_string()));
        read(&self.request(Method::POST, &path, message.to_string()).await)
    }

    /// Says something to all members of a chat room but this one; gives how many it reached.
    pub(crate) async fn say_outside_except(&self, room_id: &str, id: &str, message: &Value) -> usize {
        read(&self.request(Method::POST, &format!("{}?except={id}", chat(room_id)), message.to_string()).await)
    }

    /// The members of a chat room, as it lists them.
    pub(crate) async fn members_outside(&self, room_id: &str) -> Vec<Value> {
        read(&self.request(Method::GET, &chat(room_id), Bytes::new()).await)
    }

    /// Closes a member of a chat room; says whether it was there.
    pub(crate) async fn close_outside(&self, room_id: &str, id: &str, code: u16, reason: &str) -> bool {
        let how = json!({"code": code, "reason": reason}).to_string();
        read(&self.request(Method::DELETE, &format!("{}/{id}", chat(room_id)), how).await)
    }
}

fn chat(room_id: &str) -> String {
    format!("/rooms/chat/{}", encode(room_id))
}

fn read<T: serde::de::DeserializeOwned>(answer: &Response<Bytes>) -> T {
    serde_json::from_slice(answer.body()).unwrap_or_else(|error| panic!("{answer:?}: {error}"))
}
