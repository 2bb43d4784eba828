use board::User;
use http::Uri;
use lexopt::{Arg, Error, Parser, ValueExt as _};

/// The answer to `--help`.
pub(crate) const USAGE: &str = "\
Usage: board-cli --name NAME [--board BOARD] [ADDRESS]

  --name NAME    What the others see: 1 to 40 characters
  --board BOARD  Which board (default: lobby)
  ADDRESS        The server (default: http://127.0.0.1:3000)

Type to say something; /who lists who is here, /quit says goodbye.
";

/// What the program is asked to do.
pub(crate) enum Ask {
    Join(Args),
    Help,
}

/// Whom to join, and as whom.
pub(crate) struct Args {
    pub(crate) user: User,
    pub(crate) board: String,
    pub(crate) address: String,
}

impl Args {
    /// Reads the command line.
    pub(crate) fn read() -> Result<Ask, Error> {
        let (mut user, mut board, mut address) = (None, "lobby".to_owned(), None);
        let mut parser = Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("name") => user = Some(named(&parser.value()?.string()?)?),
                Arg::Long("board") => board = parser.value()?.string()?,
                Arg::Long("help") | Arg::Short('h') => return Ok(Ask::Help),
                Arg::Value(value) if address.is_none() => address = Some(reachable(value.string()?)?),
                other => return Err(other.unexpected()),
            }
        }
        let user = user.ok_or("who are you? --name NAME")?;
        let address = address.unwrap_or_else(|| "http://127.0.0.1:3000".to_owned());
        Ok(Ask::Join(Self { user, board, address }))
    }
}

fn named(name: &str) -> Result<User, Error> {
    User::named(name).ok_or_else(|| "a name has 1 to 40 characters".into())
}

/// An address that can be tried.
fn reachable(address: String) -> Result<String, Error> {
    let uri = address.parse::<Uri>().ok();
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    match scheme {
        Some("http" | "https" | "ws" | "wss") => Ok(address),
        _ => Err(format!("{address:?} is no address of a server, such as http://127.0.0.1:3000").into()),
    }
}
