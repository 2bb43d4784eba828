use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{hub, id::ConnectionId};

/// A member as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member<State> {
    /// Who it is.
    pub id: ConnectionId,
    /// What it shows; `None` when it shows nothing.
    pub state: Option<State>,
}

impl<State: DeserializeOwned> From<hub::Member> for Member<State> {
    fn from(member: hub::Member) -> Self {
        // Written by us from a `State`, so it reads as one; a type that cannot read itself shows nothing.
        let state = member.state.and_then(|json| serde_json::from_slice(&json).ok());
        Self { id: member.id, state }
    }
}
