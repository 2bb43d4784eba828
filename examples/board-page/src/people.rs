//! Who is here: for each a name in the list, and a cursor on the board.

use std::pin::pin;

use board::shared::{Fraction, Pointer};
use futures_util::StreamExt as _;
use irori_client::{ConnectionId, Member, Watch};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::{Cursors, page::Page};

/// Gives a place to whoever comes. Who goes takes it along: see [`Person::stay`].
pub(crate) async fn welcome(page: &Page, room: &Cursors) {
    let mut rosters = pin!(room.members().stream());
    while let Some(members) = rosters.next().await {
        let own = room.own_id().get();
        for Member { id, .. } in members {
            if page.part(&name_id(id)).is_none()
                && let Some(person) = Person::come(page, id, own == Some(id))
            {
                spawn_local(person.stay(room.member(id)));
            }
        }
    }
}

/// Moves the cursors as their owners do.
pub(crate) async fn follow(page: &Page, room: &Cursors) {
    let mut moves = room.messages();
    while let Some(moved) = moves.recv().await {
        if let Some(cursor) = page.part(&cursor_id(moved.from)) {
            place(&cursor, Some((moved.message.x, moved.message.y)));
        }
    }
}

/// What is seen of somebody.
struct Person {
    name: HtmlElement,
    /// Not one's own: the mouse is there already.
    cursor: Option<HtmlElement>,
}

impl Person {
    fn come(page: &Page, id: ConnectionId, is_self: bool) -> Option<Self> {
        let name = page.copy(if is_self { "self" } else { "person" })?;
        name.set_id(&name_id(id));
        page.part("people")?.append_child(&name).ok()?;
        let cursor = page.copy("cursor").filter(|_| !is_self);
        if let Some(cursor) = &cursor {
            cursor.set_id(&cursor_id(id));
            page.part("board")?.append_child(cursor).ok()?;
        }
        Some(Self { name, cursor })
    }

    /// Shows what the member shows, until it leaves.
    async fn stay(self, member: Watch<Option<Member<Pointer>>>) {
        let mut states = pin!(member.stream());
        while let Some(Some(Member { state, .. })) = states.next().await {
            let Some(Pointer { name, hue, x, y }) = state else { continue };
            dress(&self.name, &name, hue);
            if let Some(cursor) = &self.cursor {
                dress(cursor, &name, hue);
                place(cursor, x.zip(y));
            }
        }
        self.name.remove();
        self.cursor.iter().for_each(|cursor| cursor.remove());
    }
}

fn name_id(id: ConnectionId) -> String {
    format!("name-{id}")
}

fn cursor_id(id: ConnectionId) -> String {
    format!("cursor-{id}")
}

/// Puts a name and its colour on. What others wrote goes in as text, never as markup.
fn dress(node: &HtmlElement, name: &str, hue: u16) {
    let _ = node.set_attribute("data-name", name);
    let _ = node.style().set_property("--hue", &hue.to_string());
    if let Ok(Some(tag)) = node.query_selector("bdi") {
        tag.set_text_content(Some(name));
    }
}

/// Moves a cursor to fractions of the board. One without a place is hidden.
fn place(cursor: &HtmlElement, at: Option<(Fraction, Fraction)>) {
    cursor.set_hidden(at.is_none());
    if let Some((x, y)) = at {
        let _ = cursor.style().set_property("--x", &number(x));
        let _ = cursor.style().set_property("--y", &number(y));
    }
}

/// As CSS writes a number, which is as JSON does.
fn number(fraction: Fraction) -> String {
    serde_json::to_string(&fraction).unwrap_or_default()
}
