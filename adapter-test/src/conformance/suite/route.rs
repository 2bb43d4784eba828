use irori::{Result, Upgrade, WsContext, WsEvents};
use serde_json::{Value, json};

/// `/tell/:name`, `/seat/:row?`, `/files/:path*` and `/tree/:branch+`: each says the params of its path.
pub(super) fn tell(upgrade: &Upgrade) -> Tell {
    Tell(json!({"params": upgrade.params()}))
}

pub(super) struct Tell(Value);

impl WsEvents for Tell {
    async fn on_open(&mut self, ws: &mut WsContext) -> Result {
        ws.send(self.0.to_string())?;
        Ok(())
    }
}
