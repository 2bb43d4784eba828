use std::sync::Arc;

use super::record::Record;
use crate::{
    app::BuiltApp,
    connection::Base,
    drive::Resumed,
    link::Link,
    room::Sink as _,
    rt::Now,
    session::{Manner, Session},
};

impl BuiltApp {
    /// Makes a connection anew, of what was kept of it; `None` when that is of another app.
    pub(super) fn resume(&self, record: &Record, now: Now) -> Option<Resumed> {
        let app = Arc::clone(self.shared());
        let entry = self.entry(&record.ours.unit)?;
        let link = Arc::new(Link::new(record.id(), Arc::clone(&app.limits)));
        record.room().into_iter().for_each(|room| app.hub.settle(room));
        let protocol = record.protocol().and_then(|protocol| protocol.parse().ok());
        let base = Base::new(Arc::clone(&link), Arc::clone(&app), Arc::clone(&entry.name), protocol);
        let place = app.hub.reenter(&link);
        let connection = entry.unit.resume(record, base)?;
        let manner = Manner { keep_failed_open: entry.unit.policy().keep_failed_open };
        let session = Session::resumed(now, link.id().seed(), manner, &record.ours.session, &app.limits);
        Some(Resumed { unit: Arc::clone(&entry.name), link, app, place, connection, session })
    }
}
