//! A chat in the browser, with Dioxus: `cargo xtask page build dioxus`, and `/dioxus` of the board.

#![cfg(target_family = "wasm")]

use std::future::ready;

use dioxus::prelude::*;
use futures_util::{Stream, StreamExt as _};
use irori_client::Watch;
use wasm_bindgen::prelude::wasm_bindgen;

/// The value of a watch, as a signal that lives as long as its component.
fn use_watch<T: 'static>(watch: impl FnOnce() -> Watch<T>) -> Signal<T> {
    use_hook(|| {
        let watch = watch();
        last_of(watch.get(), watch.stream())
    })
}

/// The last of a stream, as a signal that lives as long as its component.
fn use_stream<T: Default + 'static, S: Stream<Item = T> + 'static>(stream: impl FnOnce() -> S) -> Signal<T> {
    use_hook(|| last_of(T::default(), stream()))
}

/// A task belongs to the component that spawned it, as a signal does.
fn last_of<T: 'static>(first: T, stream: impl Stream<Item = T> + 'static) -> Signal<T> {
    let mut value = Signal::new(first);
    spawn(stream.for_each(move |next| {
        value.set(next);
        ready(())
    }));
    value
}

#[wasm_bindgen(start)]
fn main() {
    dioxus::launch(Page);
}

#[component]
fn Page() -> Element {
    let mut here = use_signal(|| true);
    rsx! {
        button { id: "leave", onclick: move |_| here.toggle(), if here() { "Leave" } else { "Join" } }
        if here() {
            Talk {}
        }
    }
}

#[component]
fn Talk() -> Element {
    let chat = use_hook(talk::join);
    let status = use_watch(|| chat.status());
    let members = use_watch(|| chat.members());
    let log = use_stream(|| talk::log(&chat));
    let mut text = use_signal(String::new);
    let say = move |event: FormEvent| {
        event.prevent_default();
        if talk::say(&chat, &text()) {
            text.set(String::new());
        }
    };
    rsx! {
        p { id: "status", role: "status", "data-state": "{status}", "{status}" }
        ul { id: "people", aria_label: "People here",
            for (id , name) in talk::names(&members.read()) {
                li { key: "{id}", bdi { "{name}" } }
            }
        }
        ol { id: "chat-log", aria_label: "Messages", aria_live: "polite",
            for (number , line) in log() {
                li { key: "{number}", "{line}" }
            }
        }
        form { id: "chat-form", onsubmit: say,
            input {
                id: "chat-input",
                aria_label: "Message",
                autocomplete: "off",
                value: "{text}",
                oninput: move |event| text.set(event.value()),
            }
            button { "Send" }
        }
    }
}
