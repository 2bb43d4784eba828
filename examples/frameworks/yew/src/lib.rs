//! A chat in the browser, with Yew: `cargo xtask page build yew`, and `/yew` of the board.

#![cfg(target_family = "wasm")]

use std::future::ready;

use futures_util::{FutureExt as _, Stream, StreamExt as _, future::abortable};
use irori_client::Watch;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::{platform::spawn_local, prelude::*};

/// The value of a watch, for as long as the component is there.
#[hook]
fn use_watch<T: Clone + 'static>(watch: Watch<T>) -> T {
    use_stream(watch.get(), watch.stream())
}

/// The last of a stream, for as long as the component is there. The stream that counts is that of the first render.
#[hook]
fn use_stream<T: Clone + 'static, S: Stream<Item = T> + 'static>(first: T, stream: S) -> T {
    let value = use_state(|| first);
    let set = value.setter();
    use_effect_with((), move |()| {
        let (task, handle) = abortable(stream.for_each(move |next| {
            set.set(next);
            ready(())
        }));
        spawn_local(task.map(drop));
        move || handle.abort()
    });
    (*value).clone()
}

#[wasm_bindgen(start)]
fn main() {
    yew::Renderer::<Page>::new().render();
}

#[component]
fn Page() -> Html {
    let here = use_state(|| true);
    let toggle = {
        let here = here.clone();
        move |_| here.set(!*here)
    };
    html! {
        <>
            <button id="leave" onclick={toggle}>{ if *here { "Leave" } else { "Join" } }</button>
            if *here {
                <Talk />
            }
        </>
    }
}

#[component]
fn Talk() -> Html {
    let chat = use_memo((), |()| talk::join());
    let status = use_watch(chat.status()).to_string();
    let members = use_watch(chat.members());
    let log = use_stream(Vec::new(), talk::log(&chat));
    let input = use_node_ref();
    let say = {
        let (chat, input) = (chat.clone(), input.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.cast::<web_sys::HtmlInputElement>()
                && talk::say(&chat, &input.value())
            {
                input.set_value("");
            }
        }
    };
    html! {
        <>
            <p id="status" role="status" data-state={status.clone()}>{ status }</p>
            <ul id="people" aria-label="People here">
                { for talk::names(&members).into_iter().map(|(id, name)| html! { <li key={id.to_string()}><bdi>{ name }</bdi></li> }) }
            </ul>
            <ol id="chat-log" aria-label="Messages" aria-live="polite">
                { for log.into_iter().map(|(number, line)| html! { <li key={number.to_string()}>{ line }</li> }) }
            </ol>
            <form id="chat-form" onsubmit={say}>
                <input id="chat-input" aria-label="Message" autocomplete="off" ref={input} />
                <button>{ "Send" }</button>
            </form>
        </>
    }
}
