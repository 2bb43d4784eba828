use std::future::{Ready, ready};

use irori::{
    Rejection, Upgrade,
    rt::{BoxFuture, MaybeSend, MaybeSync},
    wire::CloseFrame,
};
use serde_json::json;

use super::{Gate, Log, or_null};

pub(super) async fn deny(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::Deny)
}

pub(super) async fn redirect(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::Redirect("/sign-in".to_owned()))
}

pub(super) async fn fail(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::error("the guard's secret cause"))
}

pub(super) async fn panics(_: &Upgrade) -> Result<(), Rejection> {
    panic!("the guard's secret panic")
}

/// A guard that waits until the case lets it go on, and looks at the request only then.
pub(super) fn held(
    log: &Log,
    gate: &Gate,
) -> impl Fn(&Upgrade) -> BoxFuture<'_, Result<(), Rejection>> + MaybeSend + MaybeSync + 'static {
    let (log, gate) = (log.clone(), gate.clone());
    move |upgrade| {
        let (log, gate) = (log.clone(), gate.clone());
        Box::pin(async move {
            log.note("guard.asked", []);
            gate.pass().await;
            log.note("guard.answered", []);
            if upgrade.header("x-deny") == Some("guard.held") { Err(Rejection::Deny) } else { Ok(()) }
        })
    }
}

/// A guard that notes what it sees, and allows unless `x-deny` names it.
pub(super) fn logged(
    name: &'static str,
    log: &Log,
) -> impl Fn(&Upgrade) -> Ready<Result<(), Rejection>> + MaybeSend + MaybeSync + 'static {
    let log = log.clone();
    move |upgrade| {
        log.note(name, [or_null(upgrade.query("s").as_deref()), json!(upgrade.params())]);
        ready(match upgrade.header("x-deny") {
            Some(denied) if denied == name => Err(Rejection::Deny),
            Some(closed) if closed.strip_prefix("close ") == Some(name) => own_denial(),
            _ => Ok(()),
        })
    }
}

fn own_denial() -> Result<(), Rejection> {
    Err(Rejection::Close(CloseFrame::new(4429, "banned for 43 s")?))
}
