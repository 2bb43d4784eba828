use futures_util::{Stream, stream};
use wasm_bindgen::JsCast as _;
use web_sys::{EventTarget, PageTransitionEvent, VisibilityState};

use super::{global, inbox::Inbox, listener::Listener};
use crate::platform::Network;

/// What the browser tells of its network, and of a page that comes back into view: a machine that slept, or a page that
/// was frozen, had no network then.
pub(super) fn listen() -> impl Stream<Item = Network> + 'static {
    let heard = Inbox::new();
    let global = global::events();
    let tell = |target: &EventTarget, event, network| {
        let heard = heard.clone();
        Listener::new(target, event, move |_| heard.put(network))
    };
    let mut listeners = vec![
        tell(&global, "online", Network::Back),
        tell(&global, "offline", Network::Gone),
        Listener::new(&global, "pageshow", {
            let heard = heard.clone();
            move |event| {
                // What comes out of the back/forward cache has lost its sockets, and hears of that later.
                if event.unchecked_into::<PageTransitionEvent>().persisted() {
                    heard.put(Network::Gone);
                }
                heard.put(Network::Back);
            }
        }),
    ];
    listeners.extend(global::document().map(|document| {
        let (heard, page) = (heard.clone(), document.clone());
        Listener::new(&document, "visibilitychange", move |_| {
            if page.visibility_state() == VisibilityState::Visible {
                heard.put(Network::Back);
            }
        })
    }));
    stream::poll_fn(move |cx| {
        let _kept = &listeners;
        heard.poll(cx).map(Some)
    })
}
