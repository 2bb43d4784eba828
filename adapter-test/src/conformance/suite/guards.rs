use std::future::{Ready, ready};

use irori::{Rejection, Upgrade};
use serde_json::json;

use super::{Log, or_null};

pub(super) async fn deny(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::Deny)
}

pub(super) async fn redirect(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::Redirect("/sign-in".to_owned()))
}

pub(super) async fn fail(_: &Upgrade) -> Result<(), Rejection> {
    Err(Rejection::error("the guard's secret cause"))
}

/// A guard that notes what it sees, and allows unless `x-deny` names it.
pub(super) fn logged(
    name: &'static str,
    log: &Log,
) -> impl Fn(&Upgrade) -> Ready<Result<(), Rejection>> + Send + Sync + 'static {
    let log = log.clone();
    move |upgrade| {
        log.note(name, [or_null(upgrade.query("s").as_deref()), json!(upgrade.params())]);
        ready(if upgrade.header("x-deny") == Some(name) { Err(Rejection::Deny) } else { Ok(()) })
    }
}
