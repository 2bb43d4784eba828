use irori::{Rejection, Result, RoomConnection, RoomHandler, Upgrade};

use crate::{
    shared::{Board, Cursor, Pointer},
    user::User,
};

/// The cursors on a board: each member hears how those of the others move.
pub(crate) struct Cursors;

impl RoomHandler for Cursors {
    type Key = Board;
    type Incoming = Cursor;
    type Outgoing = Cursor;
    type State = Pointer;
    type Data = User;

    async fn data(&self, upgrade: &Upgrade, _: &Board) -> Result<User, Rejection> {
        User::of(upgrade).ok_or(Rejection::Deny)
    }

    fn presence(&self, user: &User) -> Pointer {
        Pointer { name: user.name.clone(), hue: user.hue, x: None, y: None }
    }

    async fn on_message(&self, conn: &mut RoomConnection<Self>, cursor: Cursor) -> Result {
        conn.broadcast(&cursor)?;
        Ok(())
    }

    /// Where a cursor rests is for its owner to say; what the owner is called is not.
    fn on_presence(&self, conn: &RoomConnection<Self>, wanted: Option<Pointer>) -> Result<Option<Pointer>> {
        let (x, y) = wanted.map_or((None, None), |wanted| (wanted.x, wanted.y));
        Ok(Some(Pointer { x, y, ..self.presence(conn.data()) }))
    }
}
