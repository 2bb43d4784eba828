use irori::{Rejection, Upgrade};

use crate::user::User;

/// Lets in who said their name.
pub(crate) async fn signed_in(upgrade: &Upgrade) -> Result<(), Rejection> {
    User::of(upgrade).map(drop).ok_or(Rejection::Deny)
}
