//! irori on a host that calls by event: an adapter of one's own, for sockets that outlive the host's memory.
//!
//! The host is [`platform`], a stand-in for a real one. How the adapter is written, step by step, is in a chapter of
//! [`irori::helper`], under "Hosts that call by event". Its code is this code, word for word.

pub mod platform;

use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, upgrade::OnUpgrade};
use irori::{
    BuiltApp, Upgrade, WebSocketHelper, define_websocket_helper,
    error::Refusal,
    helper::{Admission, Elsewhere, EventSocket, Record, Residents, RoomKey, UpgradeWebSocket},
    rt::{BoxError, BoxFuture, Now},
    transport::Received,
    wire::{CloseFrame, Frame, Opcode},
};
use irori_hyper::{Handshake, TokioRuntime};

use crate::platform::{KEPT_BYTES, Message, Object, Objects, Socket, State};

/// The edge of the platform, as the core sees it.
#[derive(Clone, Debug)]
pub struct Edge(Objects);

impl WebSocketHelper for Edge {
    type Request = Request<Incoming>;
    type Pending = (Handshake, Option<OnUpgrade>);
    type Response = Response<Full<Bytes>>;
    type Runtime = TokioRuntime;

    fn runtime(&self) -> &TokioRuntime {
        &TokioRuntime
    }

    fn read(&self, request: Request<Incoming>) -> (Upgrade, Self::Pending) {
        let stream = request.extensions().get().cloned();
        let (upgrade, handshake) = irori_hyper::read(request);
        let address = upgrade.extension().copied();
        (upgrade.with_remote_addr(address), (handshake, stream))
    }

    fn respond(&self, _: Self::Pending, response: Response<String>) -> Response<Full<Bytes>> {
        response.map(Full::from)
    }

    async fn accept(&self, (handshake, stream): Self::Pending, mut admission: Admission) -> Response<Full<Bytes>> {
        let record = admission.record(KEPT_BYTES);
        let (response, connection) = handshake.accept(admission, TokioRuntime);
        match record {
            Ok(Some(record)) => {
                let place = record.room().map_or_else(|| record.id().to_string(), |room| room.to_string());
                let answer = self.0.request(place, record.to_string(), stream).await;
                if !answer.status().is_success() {
                    return answer.map(Full::from);
                }
            }
            Ok(None) => drop(tokio::spawn(connection)), // driven here
            Err(refusal) => return refusal.response().map(Full::from),
        }
        response.map(|()| Full::default())
    }
}

impl Elsewhere for Edge {
    fn ask(&self, room: RoomKey, question: String) -> BoxFuture<'_, Result<String, BoxError>> {
        Box::pin(async move {
            let answer = self.0.request(room.to_string(), question, None).await;
            if answer.status().is_success() { Ok(answer.into_body()) } else { Err(answer.into_body().into()) }
        })
    }
}

impl EventSocket for Socket {
    fn send(&self, frame: Frame) -> Result<(), BoxError> {
        let message = Message { is_text: frame.opcode() == Opcode::Text, payload: frame.payload() };
        Ok(Self::send(self, message)?)
    }

    fn close(&self, frame: Frame) {
        let close = frame.payload();
        let close =
            close.split_first_chunk().map(|(code, why)| (u16::from_be_bytes(*code), String::from_utf8_lossy(why)));
        Self::close(self, close.as_ref().map(|(code, why)| (*code, &**why)));
    }

    fn keep(&self, record: String) -> Result<(), BoxError> {
        Ok(Self::keep(self, record)?)
    }
}

/// What an object has in memory: the connections of a room, or that of one socket.
#[derive(Debug)]
pub struct Place {
    residents: Residents<Socket>,
    state: State,
}

impl Object for Place {
    fn request(&mut self, body: &str, stream: Option<OnUpgrade>) -> Response<String> {
        let Some(stream) = stream else {
            let room = self.state.name().parse();
            let answer = room.ok().and_then(|room| self.residents.answer(&room, body).ok());
            return answer.map_or_else(|| Refusal::Failed.response(), Response::new);
        };
        let Ok(record) = Record::read(body) else { return Refusal::Failed.response() };
        if let Err(refusal) = self.residents.check(&record) {
            return refusal.response();
        }
        self.residents.enter(now(), &record, self.state.accept(stream));
        Response::default()
    }

    fn message(&mut self, socket: &Socket, Message { is_text, payload }: Message) {
        self.receive(socket, Some(if is_text { Received::Text(payload) } else { Received::Binary(payload) }));
    }

    fn close(&mut self, socket: &Socket, code: u16, reason: &str) {
        self.receive(socket, (code != 1006).then(|| Received::Close(CloseFrame::new(code, reason).ok())));
    }

    fn alarm(&mut self) {} // `poll` comes next, and says what time it is

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let polled = self.residents.poll(now(), None, cx);
        let deadline = self.residents.next_deadline();
        self.state.set_alarm(deadline.map(|at| at.since(Now::default())));
        polled
    }
}

impl Place {
    fn wake(app: &BuiltApp, state: State) -> Self {
        let mut residents = Residents::new(app);
        for socket in state.sockets() {
            let _ = residents.resume(now(), &socket.kept(), socket); // one that cannot be is turned out by that
        }
        Self { residents, state }
    }

    fn receive(&mut self, socket: &Socket, received: Option<Received>) {
        let Ok(record) = Record::read(&socket.kept()) else { return }; // its connection has ended
        match received {
            Some(received) => self.residents.receive(record.id(), received),
            None => self.residents.lose(record.id(), None),
        }
    }
}

fn now() -> Now {
    Now::default() + platform::now()
}

/// An app on the platform: what upgrades requests at the edge, and what wakes an object.
pub fn deploy(app: &BuiltApp, objects: Objects) -> (UpgradeWebSocket<Edge>, impl Fn(State) -> Place + Clone + use<>) {
    let app = app.with_elsewhere(Edge(objects.clone()));
    (define_websocket_helper(Edge(objects)).serve(app.clone()), move |state| Place::wake(&app, state))
}
