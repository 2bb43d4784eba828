use std::fmt;

use super::{
    hook::{Hook, HookSlot, TurnHook},
    raw::{WsContext, WsEvents},
};
use crate::{
    error::{Failure, Result},
    rt::{MaybeSend, MaybeSync},
    wire::{CloseInfo, Message},
};

/// Raw events as closures, for servers of five lines.
///
/// ```
/// use irori::{App, Events, Upgrade};
///
/// let app = App::new().websocket("/echo", |_: &Upgrade| {
///     Events::new().on_message(async |(), ws, message| {
///         ws.send(message)?;
///         Ok(())
///     })
/// });
/// # app.build().unwrap();
/// ```
///
/// `S` is shared with every closure: [`Events::with`] takes one. State that a connection changes is a field of a type
/// with [`WsEvents`].
pub struct Events<S = ()> {
    state: S,
    open: HookSlot<S, WsContext, ()>,
    message: HookSlot<S, WsContext, Message>,
    close: HookSlot<S, WsContext, CloseInfo>,
    error: Option<fn(&S, &mut WsContext, &Failure)>,
}

impl Events {
    /// No events yet, and no state.
    pub fn new() -> Self {
        Self::with(())
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: MaybeSend + MaybeSync + 'static> Events<S> {
    /// No events yet, and a state that every closure is given.
    pub fn with(state: S) -> Self {
        Self { state, open: HookSlot::EMPTY, message: HookSlot::EMPTY, close: HookSlot::EMPTY, error: None }
    }

    /// What to do when the connection is open.
    pub fn on_open<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut WsContext) -> Result + for<'a> TurnHook<'a, S, WsContext>,
    {
        self.open = HookSlot::turn(hook);
        self
    }

    /// What to do with a message.
    pub fn on_message<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut WsContext, Message) -> Result + for<'a> Hook<'a, S, WsContext, Message>,
    {
        self.message = HookSlot::new(hook);
        self
    }

    /// What to do when the connection has ended.
    pub fn on_close<F>(mut self, hook: F) -> Self
    where
        F: AsyncFn(&S, &mut WsContext, CloseInfo) -> Result + for<'a> Hook<'a, S, WsContext, CloseInfo>,
    {
        self.close = HookSlot::new(hook);
        self
    }

    /// What to do when something went wrong. Without it, the app's error hook is told.
    pub fn on_error(mut self, hook: fn(&S, &mut WsContext, &Failure)) -> Self {
        self.error = Some(hook);
        self
    }
}

impl<S: MaybeSend + MaybeSync + 'static> WsEvents for Events<S> {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        self.open.call(&self.state, ws, ()).await
    }

    async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> Result {
        self.message.call(&self.state, ws, message).await
    }

    async fn on_close(&mut self, ws: &mut WsContext, close: &CloseInfo) -> Result {
        self.close.call(&self.state, ws, close.clone()).await
    }

    fn on_error(&mut self, ws: &mut WsContext, failure: &Failure) {
        match self.error {
            Some(hook) => hook(&self.state, ws, failure),
            None => ws.report(failure),
        }
    }
}

impl<S> fmt::Debug for Events<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
