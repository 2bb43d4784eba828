//! The objects of an app, as a Worker reaches them.

use irori::{
    helper::{Elsewhere, RoomKey},
    rt::{BoxError, BoxFuture},
};
use worker::{Env, ObjectNamespace, Stub, send::SendFuture, worker_sys::web_sys};

use crate::errand::Errand;

/// The namespace of the objects: the binding of this name in `wrangler.jsonc`.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    env: Env,
    binding: &'static str,
}

impl Objects {
    pub(crate) fn new(env: Env, binding: &'static str) -> Self {
        Self { env, binding }
    }

    /// Sends an errand to the object of a room, or to a new one.
    pub(crate) async fn send(&self, errand: Errand) -> Result<web_sys::Response, BoxError> {
        let room = match &errand {
            Errand::Enter(record) => record.room(),
            Errand::Ask(room, _) => Some(room.clone()),
        };
        let request = errand.request()?;
        let response = self.stub(room.as_ref())?.fetch_with_request(request.into()).await;
        Ok(response.map_err(|error| error.to_string())?.into())
    }

    fn stub(&self, room: Option<&RoomKey>) -> Result<Stub, String> {
        let stub = || {
            let objects: ObjectNamespace = self.env.durable_object(self.binding)?;
            match room {
                Some(room) => objects.id_from_name(&room.to_string())?.get_stub(),
                None => objects.unique_id()?.get_stub(),
            }
        };
        stub().map_err(|error: worker::Error| format!("the object cannot be reached by `{}`: {error}", self.binding))
    }
}

impl Elsewhere for Objects {
    fn ask(&self, room: RoomKey, question: String) -> BoxFuture<'_, Result<String, BoxError>> {
        Box::pin(SendFuture::new(async move {
            let mut response = worker::Response::from(self.send(Errand::Ask(room, question)).await?);
            match response.status_code() {
                200 => Ok(response.text().await.map_err(|error| error.to_string())?),
                status => Err(format!("the object answered {status}").into()),
            }
        }))
    }
}
