//! A host that gives its admissions away, so that a test can drive a connection by hand.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use http::{HeaderValue, Request, Response};
use irori::{
    App, BuiltApp, Upgrade, WebSocketHelper, define_websocket_helper,
    helper::{Admission, UpgradeWebSocket, drive},
    transport::Transport,
};
use irori_test::world::{MemoryRuntime, World};

/// An app whose upgrades end in admissions.
pub(crate) struct Door {
    pub(crate) world: World,
    upgrade_websocket: UpgradeWebSocket<Host>,
}

impl Door {
    /// The door of an app whose rates no test runs into.
    pub(crate) fn new(app: App) -> Self {
        let app = app.limits(|limits| {
            limits.rate.messages = 1_000_000;
            limits.rate.burst = 1_000_000;
            limits.rate.bytes = u32::MAX;
        });
        let world = World::new();
        let host = Host(world.runtime());
        Self { world, upgrade_websocket: define_websocket_helper(host).serve(app.build().unwrap()) }
    }

    pub(crate) fn app(&self) -> &BuiltApp {
        self.upgrade_websocket.app()
    }

    /// Asks for a target.
    pub(crate) fn admit(&self, target: &str) -> Admission {
        let mut request = Request::builder().uri(target).body(()).unwrap();
        for (name, value) in [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        self.world.block_on(self.upgrade_websocket.route(request)).unwrap()
    }

    /// Asks for a target, and drives it over this stream.
    pub(crate) fn open(&self, target: &str, transport: impl Transport) -> Task {
        Task::new(drive(transport, self.admit(target), self.world.runtime()))
    }

    /// A member of `test::room`, over this stream.
    pub(crate) fn join(&self, transport: impl Transport) -> Task {
        self.open("/__sockets?m=test&s=room", transport)
    }
}

struct Host(MemoryRuntime);

impl WebSocketHelper for Host {
    type Request = Request<()>;
    type Pending = ();
    type Response = Result<Admission, Response<String>>;
    type Runtime = MemoryRuntime;

    fn runtime(&self) -> &MemoryRuntime {
        &self.0
    }

    fn read(&self, request: Request<()>) -> (Upgrade, ()) {
        (Upgrade::new(request.into_parts().0), ())
    }

    fn respond(&self, (): (), response: Response<String>) -> Self::Response {
        Err(response)
    }

    async fn accept(&self, (): (), admission: Admission) -> Self::Response {
        Ok(admission)
    }
}

/// A connection's task, polled by hand. Dropped, it is cut.
pub(crate) struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Woken>,
}

/// Whether the task is to be polled again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Task {
    fn new(future: impl Future<Output = ()> + 'static) -> Self {
        Self { future: Box::pin(future), woken: Arc::new(Woken(AtomicBool::new(true))) }
    }

    /// Polls once; says whether the connection is over.
    pub(crate) fn poll(&mut self) -> bool {
        self.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&self.woken));
        self.future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(())
    }

    /// Polls until nobody wakes it any more; says whether the connection is over.
    pub(crate) fn settle(&mut self) -> bool {
        for _ in 0..1_000 {
            if !self.woken.0.load(Ordering::Relaxed) {
                return false;
            }
            if self.poll() {
                return true;
            }
        }
        panic!("the task wakes itself without end");
    }
}
