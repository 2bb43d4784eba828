use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

use super::{MODULE, Suite, room::ChatRoom};

impl Suite {
    /// Answers what is no path of the app: `GET /log`, `POST /log/clear`, `POST /rooms/chat/:roomId` and `GET /plain`.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path().to_owned();
        match (request.method(), path.as_str()) {
            (&Method::GET, "/log") => json(&Value::Array(self.log().entries())),
            (&Method::POST, "/log/clear") => {
                self.log().clear();
                json(&Value::Null)
            }
            (&Method::GET, "/plain") => json(&Value::from("plain")),
            (&Method::POST, path) => match path.strip_prefix("/rooms/chat/") {
                Some(room_id) => self.say(room_id, request.body()).await,
                None => status(StatusCode::NOT_FOUND),
            },
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    /// Says something in a chat room from outside any connection.
    async fn say(&self, room_id: &str, body: &[u8]) -> Response<Bytes> {
        let Ok(message) = serde_json::from_slice::<Value>(body) else {
            return status(StatusCode::BAD_REQUEST);
        };
        let key = ChatRoom { room_id: room_id.to_owned() };
        let room = self.app().rooms().of(super::room_at::<_, Value, Value, Value>("chat"), &key);
        debug_assert_eq!(MODULE, "demo/mod");
        match room.broadcast(&message).await {
            Ok(delivery) => json(&Value::from(delivery.reached)),
            Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

fn json(value: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(value.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

fn status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
