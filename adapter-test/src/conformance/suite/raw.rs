use http::{HeaderValue, header::SET_COOKIE};
use irori::{
    CloseInfo, Message, Result, Upgrade, WsContext, WsEvents,
    error::Failure,
    handler::Accept,
    rt::{MaybeSend, MaybeSync},
};
use serde_json::json;

use super::{Log, or_null};

/// `/echo`: text and binary come back; `close:4321:bye` closes with that. `?mode=silent` decides for events that answer
/// nothing.
pub(super) fn echo(log: &Log) -> impl Fn(&Upgrade) -> Accept<Echo> + MaybeSend + MaybeSync + 'static {
    let log = log.clone();
    move |upgrade| {
        let silent = upgrade.query("mode").as_deref() == Some("silent");
        let addr = upgrade.remote_addr().map(|addr| addr.ip().to_string());
        log.note("raw.upgrade", [or_null(upgrade.header("x-test")), or_null(addr.as_deref())]);
        let answer = Accept::new(Echo { silent, ..Echo::new(&log) });
        if upgrade.query("headers").is_none() {
            return answer;
        }
        answer
            .header(http::HeaderName::from_static("x-irori"), HeaderValue::from_static("yes"))
            .header(SET_COOKIE, HeaderValue::from_static("a=1"))
            .header(SET_COOKIE, HeaderValue::from_static("b=2"))
    }
}

pub(super) struct Echo {
    silent: bool,
    log: Log,
}

impl Echo {
    pub(super) fn new(log: &Log) -> Self {
        Self { silent: false, log: log.clone() }
    }
}

impl WsEvents for Echo {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        self.log.note("raw.open", [json!(ws.url().to_string()), or_null(ws.protocol())]);
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WsContext, message: Message) -> Result {
        if let Some((code, reason)) = message.as_text().and_then(close_order) {
            ws.close(code, reason)?;
        } else if !self.silent {
            ws.send(message)?;
        }
        Ok(())
    }

    async fn on_close(&mut self, _: &mut WsContext, close: &CloseInfo) -> Result {
        self.log.note("raw.close", [json!(close.code.as_u16()), json!(close.reason), json!(close.was_clean)]);
        Ok(())
    }

    fn on_error(&mut self, ws: &mut WsContext, failure: &Failure) {
        ws.report(failure);
    }
}

/// `close:4321:bye`.
fn close_order(text: &str) -> Option<(u16, String)> {
    let (code, reason) = text.strip_prefix("close:")?.split_once(':')?;
    Some((code.parse().ok()?, reason.to_owned()))
}

/// `/sub`: speaks two subprotocols and says which was picked.
pub(super) fn sub(_: &Upgrade) -> Accept<Sub> {
    Accept::new(Sub).protocols(["irori.v2", "irori.v1"])
}

pub(super) struct Sub;

impl WsEvents for Sub {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        ws.send(json!({"protocol": ws.protocol()}).to_string())?;
        Ok(())
    }
}
