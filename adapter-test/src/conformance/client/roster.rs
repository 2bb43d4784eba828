use serde_json::{Value, json};

use super::Client;

/// Who is in a room, as a client works it out: the snapshot, and every change since. What contradicts it is a fault.
#[derive(Debug)]
pub(crate) struct Roster {
    members: Vec<Value>,
}

impl Roster {
    /// Takes the snapshot, which is to come next.
    pub(crate) async fn new(client: &mut Client) -> Self {
        let (_, members) = client.expect_snapshot().await;
        Self { members }
    }

    /// The members in join order, as a snapshot lists them.
    pub(crate) fn members(&self) -> &[Value] {
        &self.members
    }

    /// The members' ids in join order.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.members.iter().filter_map(|member| member["id"].as_str()).collect()
    }

    /// Takes what comes until the roster is as it should be.
    ///
    /// # Panics
    ///
    /// When it never is, or a change contradicts it.
    pub(crate) async fn follow(&mut self, client: &mut Client, is_done: impl Fn(&Self) -> bool) {
        while !is_done(self) {
            let frame = client.recv().await;
            self.take(&frame);
        }
    }

    /// Takes a frame of the room. Messages change nothing.
    ///
    /// # Panics
    ///
    /// When somebody joins twice, or somebody changes or leaves who is not there.
    pub(crate) fn take(&mut self, frame: &Value) {
        if frame["t"] != "presence" {
            return;
        }
        let place = self.members.iter().position(|member| member["id"] == frame["from"]);
        match (frame["op"].as_str(), place) {
            (Some("join"), None) => self.members.push(member(frame)),
            (Some("update"), Some(place)) => self.members[place] = member(frame),
            (Some("leave"), Some(place)) => drop(self.members.remove(place)),
            _ => panic!("{frame} contradicts {:?}", self.members),
        }
    }
}

fn member(frame: &Value) -> Value {
    let mut member = json!({"id": frame["from"]});
    if let Some(state) = frame.get("state") {
        member["state"] = state.clone();
    }
    member
}
