use async_trait::async_trait;
use irori::rt::BoxFuture;

use super::{
    harness::{Capability, Harness, Host},
    memory::{MemoryHarness, MemoryHost},
    suite::{Pause, Suite},
};
use crate::{event::Eviction, host::Memory, world::World};

/// The harness of the in-memory host that calls by event, and whose memory vanishes.
#[derive(Clone, Copy, Debug)]
pub struct EventHarness(pub Eviction);

#[async_trait]
impl Harness for EventHarness {
    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Hibernation, RemoteAddr, VirtualTime};
        &[VirtualTime, RemoteAddr, Hibernation]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        MemoryHarness.block_on(case);
    }

    fn pause(&self) -> Pause {
        MemoryHarness.pause()
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        let (host, app) = Memory::by_event(World::current(), suite.app(), self.0);
        Box::new(MemoryHost::new(host, suite.with_app(app)))
    }
}
