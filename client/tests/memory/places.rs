//! What there is to connect to.

use irori::{App, Channel, define_socket, handler::define_room_with};
use irori_client::{RoomRef, SocketRef};
use irori_test::TestServer;

pub(crate) const ECHO: SocketRef<u32, u32> = SocketRef::new("src/echo", "echo");
/// An echo for each board.
pub(crate) const KEYED: SocketRef<u32, u32, Board> = SocketRef::new("src/keyed", "keyed");
pub(crate) const CURSORS: RoomRef<Board, u32, u32, u32> = RoomRef::new("src/board", "cursors");

#[derive(Channel, Clone, Debug)]
#[channel("board/:board_id")]
pub(crate) struct Board {
    board_id: String,
}

pub(crate) fn board(id: &str) -> Board {
    Board { board_id: id.to_owned() }
}

pub(crate) fn server() -> TestServer {
    let echo = define_socket(ECHO, ()).on_message(async |(), socket, number| {
        socket.send(&number)?;
        Ok(())
    });
    let keyed = define_socket(KEYED, ()).on_message(async |(), socket, number| {
        socket.send(&number)?;
        Ok(())
    });
    let cursors = define_room_with(CURSORS, (), async |(), _, _| Ok(()), |(), ()| 0);
    TestServer::new(App::new().socket(ECHO, echo).socket(KEYED, keyed).room(CURSORS, cursors))
}
