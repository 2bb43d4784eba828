use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{Either, Fuse, select},
};
use irori::{
    CloseInfo, Message,
    rt::BoxFuture,
    wire::{CloseFrame, Fragment, Frame, Opcode, Text},
};
use irori_client::platform::{Connection, Incoming};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    conformance::{client::read_close, harness::Peer},
    platform::line::Cut,
};

/// A connection of a machine: a peer, between two queues.
pub(crate) struct Wire {
    /// Reads and writes, and answers what a client's library answers. The peer ends with it.
    pump: Fuse<BoxFuture<'static, ()>>,
    cut: Arc<Cut>,
    outgoing: UnboundedSender<Fragment>,
    incoming: UnboundedReceiver<Incoming>,
    slips: Slips,
    /// What came, and what was slipped in before it.
    next: VecDeque<Incoming>,
}

/// Messages that nobody sent.
pub(super) type Slips = Arc<Mutex<Vec<Message>>>;

impl Wire {
    pub(super) fn new(peer: Box<dyn Peer>, cut: Arc<Cut>, slips: Slips) -> Self {
        let (outgoing, to_send) = unbounded_channel();
        let (came, incoming) = unbounded_channel();
        let pump: BoxFuture<'static, ()> = Box::pin(pump(peer, to_send, came));
        Self { pump: pump.fuse(), cut, outgoing, incoming, slips, next: VecDeque::new() }
    }

    fn write(&self, opcode: Opcode, payload: Bytes) {
        // That the server is gone is seen by what comes, or does not.
        let _ = self.outgoing.send(whole(opcode, payload));
    }
}

impl Connection for Wire {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if self.cut.poll(cx).is_ready() {
            self.pump = Fuse::terminated();
            return Poll::Ready(Incoming::Closed(CloseInfo::lost()));
        }
        let _ = self.pump.poll_unpin(cx);
        if self.next.is_empty() {
            let Poll::Ready(came) = self.incoming.poll_recv(cx) else { return Poll::Pending };
            let slips = std::mem::take(&mut *self.slips.lock().unwrap_or_else(PoisonError::into_inner));
            self.next.extend(slips.into_iter().map(Incoming::Message));
            self.next.extend(came);
        }
        Poll::Ready(self.next.pop_front().unwrap_or_else(|| Incoming::Closed(CloseInfo::lost())))
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(&mut self, text: Text) {
        self.write(Opcode::Text, text.into_bytes());
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _ = self.pump.poll_unpin(cx);
        Poll::Ready(())
    }

    fn close(&mut self, frame: &CloseFrame) {
        self.write(Opcode::Close, Frame::close(Some(frame)).payload());
    }
}

/// Carries what goes and what comes, until the connection or its stream ends.
async fn pump(mut peer: Box<dyn Peer>, mut to_send: UnboundedReceiver<Fragment>, came: UnboundedSender<Incoming>) {
    let mut has_closed = false;
    loop {
        let next = match select(pin!(to_send.recv()), peer.recv()).await {
            Either::Left((fragment, _)) => Either::Left(fragment),
            Either::Right((fragment, _)) => Either::Right(fragment),
        };
        let (reply, incoming) = match next {
            Either::Left(None) | Either::Right(None) => return,
            Either::Left(Some(fragment)) => (Some(fragment), None),
            Either::Right(Some(fragment)) => read(fragment),
        };
        if let Some(fragment) = reply.filter(|_| !has_closed) {
            has_closed = fragment.opcode == Opcode::Close;
            let _ = peer.send(fragment).await; // what came before it failed is still read
        }
        let is_over = matches!(incoming, Some(Incoming::Closed(_)));
        incoming.into_iter().for_each(|incoming| drop(came.send(incoming)));
        if is_over {
            return;
        }
    }
}

/// What a frame is answered with, and what it is to a client.
fn read(fragment: Fragment) -> (Option<Fragment>, Option<Incoming>) {
    let Fragment { opcode, payload, .. } = fragment;
    match opcode {
        Opcode::Text => (None, Some(Incoming::Message(String::from_utf8_lossy(&payload).into_owned().into()))),
        Opcode::Binary => (None, Some(Incoming::Message(payload.into()))),
        Opcode::Ping => (Some(whole(Opcode::Pong, payload)), None),
        Opcode::Close => {
            let (code, reason) = read_close(&payload);
            (Some(whole(Opcode::Close, payload)), Some(Incoming::Closed(CloseInfo::new(code, reason, true))))
        }
        Opcode::Pong | Opcode::Continuation => (None, None),
    }
}

fn whole(opcode: Opcode, payload: Bytes) -> Fragment {
    Fragment { fin: true, opcode, payload }
}
