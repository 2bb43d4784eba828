use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json as value};

use super::{Suite, warnings};

impl Suite {
    /// Answers what is no path of the app: `GET /log` (all events so far), `GET /log/EVENT/COUNT` (those of a name, once
    /// there are so many), `POST /log/clear`, `POST /release` (lets held hooks go on),
    /// `POST /drain` (shuts down, and answers when everybody is gone), `GET /warnings` (of the library, so far, or `null`
    /// where nobody keeps them), `GET /plain`, and the rooms from outside.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        match (request.method(), request.uri().path()) {
            (&Method::GET, "/log") => json(&Value::Array(self.log().entries())),
            (&Method::POST, "/log/clear") => {
                self.log().clear();
                json(&Value::Null)
            }
            (&Method::POST, "/release") => {
                self.gate.open();
                json(&Value::Null)
            }
            (&Method::POST, "/drain") => {
                self.app().drain(&self.pause).await;
                json(&Value::Null)
            }
            (&Method::GET, "/warnings") => json(&value!(warnings::units())),
            (&Method::GET, "/plain") => json(&Value::from("plain")),
            (&Method::GET, path) if path.starts_with("/log/") => match awaited(path) {
                Some((event, count)) => json(&Value::Array(self.log().reach(event, count, &self.pause).await)),
                None => status(StatusCode::NOT_FOUND),
            },
            _ => self.outside(&request).await,
        }
    }
}

/// `/log/EVENT/COUNT`.
fn awaited(path: &str) -> Option<(&str, usize)> {
    let (event, count) = path.strip_prefix("/log/")?.split_once('/')?;
    Some((event, count.parse().ok()?))
}

pub(super) fn json(value: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(value.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

pub(super) fn status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
