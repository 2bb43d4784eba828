use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Response};
use irori::wire::Opcode;

use super::{
    difference::{FOREIGN, differ},
    ids::Ids,
    recording::{Event, Recording, Step, frame},
};
use crate::conformance::{Client, Kit, Server};

/// What clients of the recordings sent along and the recordings do not show.
const HEADERS: [(&str, &str, &str); 2] = [("A", "x-test", "hdr"), (FOREIGN, "origin", "https://evil.example")];

/// The least close code of an app. The recorder's own clients ended with lesser ones: 1000, 1005 for none, and 1006 for
/// an abrupt loss.
const APP_CODES: u16 = 4000;

/// Does what the clients of a recording did, and expects them to see what they saw.
pub(super) async fn replay(kit: &Kit, lines: &str) {
    let mut recording = Recording::read(lines);
    let meant = differ(&mut recording);
    let mut stage = Stage { server: kit.start().await, clients: BTreeMap::new(), ids: Ids::default(), meant };
    for step in &recording.steps {
        stage.play(step).await;
    }
    assert!(stage.clients.is_empty(), "every client of a recording ends");
}

struct Stage {
    server: Server,
    /// Who has asked for an upgrade, and the answer.
    clients: BTreeMap<String, Result<Client, Response<Bytes>>>,
    ids: Ids,
    /// The differences that are meant in this recording.
    meant: Vec<&'static str>,
}

impl Stage {
    async fn play(&mut self, Step { who, event }: &Step) {
        match event {
            Event::Connect { url } => self.connect(who, url).await,
            Event::Open { protocol, extensions } => {
                let headers = self.client(who).head().headers().clone();
                let head = [text(&headers, "sec-websocket-protocol"), text(&headers, "sec-websocket-extensions")];
                assert_eq!(head, [protocol, extensions], "the head of the 101 to {who}");
            }
            Event::Http { status } => match self.clients.remove(who) {
                Some(Err(answer)) => assert_eq!(answer.status(), *status, "the answer to {who}"),
                _ => panic!("{who} was to be answered with {status}, and no 101"),
            },
            Event::Send { data } => {
                let (opcode, payload) = frame(data);
                self.client(who).send_frame(true, opcode, payload).await;
            }
            Event::Recv { data } => {
                let came = self.client(who).recv_text().await;
                let came = self.ids.name(&came);
                assert_eq!(came, *data, "what {who} sees; what is meant to differ: {:#?}", self.meant);
            }
            Event::Close { code, reason } => match self.clients.remove(who) {
                Some(Ok(client)) => end(client, *code, reason).await,
                _ => panic!("{who} is not connected"),
            },
            Event::Error => panic!("{who} had no open connection"),
        }
    }

    async fn connect(&mut self, who: &str, url: &str) {
        let headers = HEADERS.iter().filter(|(whose, ..)| *whose == who);
        let dial = headers.fold(self.server.dial(url), |dial, (_, name, value)| dial.header(name, value));
        self.clients.insert(who.to_owned(), dial.attempt().await);
    }

    fn client(&mut self, who: &str) -> &mut Client {
        match self.clients.get_mut(who) {
            Some(Ok(client)) => client,
            _ => panic!("{who} is not connected"),
        }
    }
}

/// Ends as recorded, with nothing unrecorded on the way.
async fn end(mut client: Client, code: u16, reason: &str) {
    match code {
        1006 => {
            client.send_frame(true, Opcode::Ping, "the last").await;
            client.expect_pong(b"the last").await;
            return client.lose();
        }
        1005 => client.send_frame(true, Opcode::Close, "").await,
        ..APP_CODES => client.send_close(code, reason).await,
        APP_CODES.. => {}
    }
    assert_eq!(client.expect_close().await, (code, reason.to_owned()));
    client.expect_end().await;
}

/// A header's value, or nothing.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
