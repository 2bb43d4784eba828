use std::pin::pin;

use futures_util::StreamExt as _;
use irori_client::{CloseCode, CloseInfo, Status};
use wasm_bindgen::JsCast as _;
use web_sys::{Document, HtmlElement, HtmlTemplateElement, UrlSearchParams, Window, window};

use crate::Cursors;

/// Where a board is that nobody named.
const LOBBY: &str = "lobby";

/// The parts of `index.html`, by their ids.
pub(crate) struct Page {
    window: Window,
    document: Document,
    status: HtmlElement,
    hint: HtmlElement,
    gate: HtmlElement,
}

impl Page {
    pub(crate) fn find() -> Option<Self> {
        let window = window()?;
        let document = window.document()?;
        let [status, hint, gate] = ["status", "hint", "gate"].map(|id| part(&document, id));
        let page = Self { status: status?, hint: hint?, gate: gate?, window, document };
        page.part("board-name")?.set_text_content(Some(&page.board_name()));
        Some(page)
    }

    /// Which board: `?board=attic`, or the lobby.
    pub(crate) fn board_name(&self) -> String {
        let query = self.window.location().search().unwrap_or_default();
        let name = UrlSearchParams::new_with_str(&query).ok().and_then(|params| params.get("board"));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| LOBBY.to_owned())
    }

    pub(crate) fn part(&self, id: &str) -> Option<HtmlElement> {
        part(&self.document, id)
    }

    /// A copy of what is in a template.
    pub(crate) fn copy(&self, template: &str) -> Option<HtmlElement> {
        let template: HtmlTemplateElement = self.part(template)?.dyn_into().ok()?;
        let copy = template.content().first_element_child()?.clone_node_with_deep(true).ok()?;
        copy.dyn_into().ok()
    }

    pub(crate) async fn show_status(&self, room: &Cursors) {
        let mut statuses = pin!(room.status().stream());
        while let Some(status) = statuses.next().await {
            // The style goes by the names that a status has.
            let _ = self.status.set_attribute("data-state", &status.to_string());
            self.status.set_text_content(Some(&status.to_string()));
            self.show_end(room.close_info().get().filter(|_| status == Status::Closed));
        }
    }

    fn show_end(&self, end: Option<CloseInfo>) {
        let is_stranger = end.as_ref().is_some_and(|end| end.code == CloseCode::FORBIDDEN);
        self.gate.set_hidden(!is_stranger);
        let why = end.filter(|_| !is_stranger).map(|end| {
            let CloseInfo { code, reason, .. } = end;
            format!("The connection was closed ({code} {reason}). Reload the page to come back.")
        });
        self.hint.set_text_content(why.as_deref());
    }
}

fn part(document: &Document, id: &str) -> Option<HtmlElement> {
    document.get_element_by_id(id)?.dyn_into().ok()
}
