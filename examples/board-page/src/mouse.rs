//! Where the own mouse is.

use std::{pin::pin, time::Duration};

use board::shared::{Cursor, Fraction, Pointer};
use futures_util::future::{Either, select};
use irori::rt::sleep;
use irori_client::{Browser, Status};
use tokio::sync::watch;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{HtmlElement, PointerEvent};

use crate::Cursors;

/// Between two moves that are sent: under 15 a second.
const MOVE_EVERY: Duration = Duration::from_millis(70);

/// Without a move until the mouse counts as at rest.
const REST: Duration = Duration::from_millis(300);

/// A place on the board; `None` when the mouse is not there.
type Place = Option<Cursor>;

/// Where the mouse is from now on.
pub(crate) fn watch(board: &HtmlElement) -> Result<watch::Receiver<Place>, JsValue> {
    let (places, mouse) = watch::channel(None);
    let surface = board.clone();
    let hear = Closure::<dyn FnMut(PointerEvent)>::new(move |event: PointerEvent| {
        if event.is_primary() {
            let is_there = matches!(event.type_().as_str(), "pointerdown" | "pointermove");
            places.send_replace(is_there.then(|| place(&surface, &event)).flatten());
        }
    });
    // For as long as the page is there.
    let hear = hear.into_js_value();
    for event in ["pointerdown", "pointermove", "pointerleave", "pointercancel"] {
        board.add_event_listener_with_callback(event, hear.unchecked_ref())?;
    }
    Ok(mouse)
}

/// Tells the others: each move while it lasts, and as presence where the mouse rests, for those who come later.
pub(crate) async fn tell(mut mouse: watch::Receiver<Place>, room: &Cursors) {
    show(room, None);
    while mouse.changed().await.is_ok() {
        let place = *mouse.borrow_and_update();
        // A move is worth nothing later: it never waits in the queue.
        if let Some(cursor) = place
            && room.status().get() == Status::Open
        {
            let _ = room.send(&cursor);
        }
        sleep(&Browser, MOVE_EVERY).await;
        if place.is_none() || is_at_rest(&mut mouse).await {
            show(room, place);
        }
    }
}

/// Waits for the next move, but not for long.
async fn is_at_rest(mouse: &mut watch::Receiver<Place>) -> bool {
    let mut next = mouse.clone();
    let (moved, rested) = (pin!(next.changed()), pin!(sleep(&Browser, REST)));
    matches!(select(moved, rested).await, Either::Right(_))
}

/// The server fills in name and hue.
fn show(room: &Cursors, place: Place) {
    let (x, y) = place.map(|Cursor { x, y }| (x, y)).unzip();
    let _ = room.set_presence(&Pointer { name: String::new(), hue: 0, x, y });
}

fn place(board: &HtmlElement, event: &PointerEvent) -> Place {
    let frame = board.get_bounding_client_rect();
    let part = |offset: f64, whole: f64| Fraction::try_from((offset / whole).clamp(0.0, 1.0)).ok();
    let x = part(f64::from(event.client_x()) - frame.x(), frame.width())?;
    let y = part(f64::from(event.client_y()) - frame.y(), frame.height())?;
    Some(Cursor { x, y })
}
