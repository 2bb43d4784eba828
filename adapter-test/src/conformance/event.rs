use std::sync::Arc;

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
        use Capability::{Fragments, Hibernation, Records, RemoteAddr, Unwind, VirtualTime};
        &[VirtualTime, Fragments, RemoteAddr, Unwind, Hibernation, Records]
    }

    fn block_on(&self, case: BoxFuture<'static, ()>) {
        MemoryHarness.block_on(case);
    }

    fn pause(&self) -> Pause {
        MemoryHarness.pause()
    }

    async fn start(&self, suite: Suite) -> Box<dyn Host> {
        // One app for all memories, since the suite's log is in it.
        let shared = suite.app().clone();
        let build = Arc::new(move || shared.clone());
        let (host, edge) = Memory::by_event(World::current(), suite.app(), build, self.0);
        Box::new(MemoryHost::new(host, suite.with_app(edge)))
    }
}
