use std::{future::poll_fn, io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use irori::{
    define_websocket_helper,
    helper::{RoomKey, UpgradeWebSocket},
    rt::{BoxFuture, sleep},
    wire::Fragment,
};

use super::{
    harness::{Capability, Harness, Host, Peer, Upgraded},
    suite::{Pause, Suite},
};
use crate::{
    host::{Answer, Memory},
    pipe::ClientEnd,
    world::World,
};

/// The path of the direct form.
const DIRECT: &str = "/direct";

/// The harness of the in-memory host. Every case has a world of its own, whose time jumps from timer to timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryHarness;

#[async_trait]
impl Harness for MemoryHarness {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Census, Drain, Fragments, Handles, Memory, RemoteAddr, Stall, Stream, Unwind, VirtualTime};
        &[VirtualTime, Fragments, RemoteAddr, Stall, Stream, Memory, Handles, Unwind, Census, Drain]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        World::new().block_on(case);
    }

    fn pause(&self) -> Pause {
        Pause::of(World::current().runtime())
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        Box::new(MemoryHost::new(Memory::new(World::current()), suite))
    }
}

pub(super) struct MemoryHost {
    suite: Suite,
    upgrade_websocket: UpgradeWebSocket<Memory>,
    world: World,
}

#[async_trait]
impl Host for MemoryHost {
    async fn request(&self, request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        if path != DIRECT && !self.suite.app().serves(path) {
            return self.suite.answer(request).await;
        }
        match self.upgrade(request).await {
            Ok(upgraded) => upgraded.head.map(|()| Bytes::new()),
            Err(response) => response,
        }
    }

    async fn upgrade(&self, mut request: Request<Bytes>) -> Result<Upgraded, Response<Bytes>> {
        request.extensions_mut().insert(std::net::SocketAddr::from(([127, 0, 0, 1], 9)));
        request.extensions_mut().insert(self.suite.greeting());
        let answer = match request.uri().path() {
            DIRECT => self.direct(request.map(drop)).await,
            _ => self.upgrade_websocket.route(request.map(drop)).await,
        };
        match answer {
            Answer::Accepted(head, end) => Ok(Upgraded { head, peer: Box::new(MemoryPeer(end)) }),
            Answer::Plain(response) => Err(response.map(Bytes::from)),
        }
    }

    async fn sleep(&self, duration: Duration) {
        sleep(&self.world.runtime(), duration).await;
    }

    async fn evict(&self) {
        self.upgrade_websocket.host().evict();
    }

    async fn rewrite(&self, room: &RoomKey, old: &str, new: &str) -> usize {
        self.upgrade_websocket.host().rewrite(room, old, new)
    }
}

impl MemoryHost {
    pub(super) fn new(host: Memory, suite: Suite) -> Self {
        let upgrade_websocket = define_websocket_helper(host).serve(suite.app().clone());
        Self { suite, upgrade_websocket, world: World::current() }
    }

    /// A handler of the host that checks a key of its own, and then upgrades.
    async fn direct(&self, request: Request<()>) -> Answer {
        if request.headers().get("x-key").is_none_or(|key| key != "open") {
            let mut response = Response::new(String::new());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            return Answer::Plain(response);
        }
        self.upgrade_websocket.direct(request, self.suite.direct_events()).await
    }
}

struct MemoryPeer(ClientEnd);

#[async_trait]
impl Peer for MemoryPeer {
    async fn send(&mut self, frame: Fragment) -> io::Result<()> {
        if self.0.send_fragment(frame) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }

    async fn recv(&mut self) -> Option<Fragment> {
        let frame = poll_fn(|cx| self.0.poll_recv(cx)).await?;
        Some(Fragment { fin: true, opcode: frame.opcode(), payload: frame.payload() })
    }

    async fn stall(&mut self, stalled: bool) {
        self.0.stall(stalled);
    }
}
