//! A stream whose far end is a test: it says what comes, and sees all that was asked of the stream.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use irori::{
    rt::BoxError,
    transport::{ReceiveError, Received, Transport},
    wire::{CloseFrame, Frame, Opcode},
};

/// What may come in one turn. More is a turn that never gives way.
const TURN: usize = 10_000;

#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    coming: VecDeque<Received>,
    /// What comes again and again once `coming` is empty.
    flood: Option<Received>,
    came: usize,
    in_this_turn: usize,
    blocked: bool,
    said: Vec<String>,
    waker: Option<Waker>,
}

impl Wire {
    /// A stream on which this comes without end.
    pub(crate) fn flooded_with(received: Received) -> Self {
        let wire = Self::default();
        wire.lock().flood = Some(received);
        wire
    }

    /// Lets something come.
    pub(crate) fn say(&self, received: Received) {
        let waker = {
            let mut state = self.lock();
            state.coming.push_back(received);
            state.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Lets a text come.
    pub(crate) fn say_text(&self, text: &'static str) {
        self.say(Received::Text(text.into()));
    }

    /// Lets a close frame come.
    pub(crate) fn say_close(&self, code: u16) {
        self.say(Received::Close(Some(CloseFrame::new(code, "").unwrap())));
    }

    /// Takes nothing any more of what is sent.
    pub(crate) fn block(&self) {
        self.lock().blocked = true;
    }

    /// Takes again what is sent.
    pub(crate) fn unblock(&self) {
        self.lock().blocked = false;
    }

    /// How much has come. A turn that begins now may take as much as any.
    pub(crate) fn came(&self) -> usize {
        let mut state = self.lock();
        state.in_this_turn = 0;
        state.came
    }

    /// What was asked of the stream since the last time: a text, `close CODE`, `pong`, or `shut`.
    pub(crate) fn take_said(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().said)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Transport for Wire {
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, ReceiveError>> {
        let mut state = self.lock();
        let Some(received) = state.coming.pop_front().or_else(|| state.flood.clone()) else {
            state.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        state.came += 1;
        state.in_this_turn += 1;
        assert!(state.in_this_turn < TURN, "a turn that never gives way");
        Poll::Ready(Ok(received))
    }

    fn poll_send(&mut self, _: &mut Context<'_>, frames: &mut VecDeque<Frame>) -> Poll<Result<(), BoxError>> {
        let mut state = self.lock();
        if state.blocked {
            return Poll::Pending;
        }
        state.said.extend(frames.drain(..).map(|frame| shown(&frame)));
        Poll::Ready(Ok(()))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        self.lock().said.push("shut".to_owned());
        Poll::Ready(())
    }
}

fn shown(frame: &Frame) -> String {
    let payload = frame.payload();
    match frame.opcode() {
        Opcode::Text => String::from_utf8(payload.to_vec()).unwrap(),
        Opcode::Close => match payload.first_chunk() {
            Some(code) => format!("close {}", u16::from_be_bytes(*code)),
            None => "close".to_owned(),
        },
        other => format!("{other:?}").to_lowercase(),
    }
}
