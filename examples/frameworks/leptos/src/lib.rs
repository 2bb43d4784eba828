//! A chat in the browser, with Leptos: `cargo xtask page build leptos`, and `/leptos` of the board.

#![cfg(target_family = "wasm")]

use std::future::ready;

use futures_util::{Stream, StreamExt as _};
use irori_client::Watch;
use leptos::{ev::SubmitEvent, prelude::*, reactive::spawn_local_scoped_with_cancellation};
use wasm_bindgen::prelude::wasm_bindgen;

/// The value of a watch, as a signal that lives as long as its component.
fn use_watch<T: Send + Sync + 'static>(watch: Watch<T>) -> ReadSignal<T> {
    use_stream(watch.get(), watch.stream())
}

/// The last of a stream, as a signal that lives as long as its component.
fn use_stream<T: Send + Sync + 'static>(first: T, stream: impl Stream<Item = T> + 'static) -> ReadSignal<T> {
    let (value, set_value) = signal(first);
    spawn_local_scoped_with_cancellation(stream.for_each(move |next| {
        set_value.set(next);
        ready(())
    }));
    value
}

#[wasm_bindgen(start)]
fn main() {
    mount_to_body(Page);
}

#[component]
fn Page() -> impl IntoView {
    let (here, set_here) = signal(true);
    view! {
        <button id="leave" on:click=move |_| set_here.update(|here| *here = !*here)>
            {move || if here.get() { "Leave" } else { "Join" }}
        </button>
        <Show when=move || here.get()>
            <Talk />
        </Show>
    }
}

#[component]
fn Talk() -> impl IntoView {
    let chat = talk::join();
    let status = use_watch(chat.status());
    let members = use_watch(chat.members());
    let log = use_stream(Vec::new(), talk::log(&chat));
    let text = RwSignal::new(String::new());
    let say = move |event: SubmitEvent| {
        event.prevent_default();
        if talk::say(&chat, &text.get()) {
            text.set(String::new());
        }
    };
    view! {
        <p id="status" role="status" data-state=move || status.get().to_string()>
            {move || status.get().to_string()}
        </p>
        <ul id="people" aria-label="People here">
            <For each=move || talk::names(&members.get()) key=|(id, _)| *id let((_, name))>
                <li><bdi>{name}</bdi></li>
            </For>
        </ul>
        <ol id="chat-log" aria-label="Messages" aria-live="polite">
            <For each=move || log.get() key=|(number, _)| *number let((_, line))>
                <li>{line}</li>
            </For>
        </ol>
        <form id="chat-form" on:submit=say>
            <input id="chat-input" aria-label="Message" autocomplete="off" bind:value=text />
            <button>Send</button>
        </form>
    }
}
