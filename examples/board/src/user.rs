use irori::Upgrade;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Characters of a name.
const MAX_CHARS: usize = 40;

/// Somebody who said their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct User {
    /// 1 to 40 characters, none of them a control character.
    pub name: String,
    /// The colour of the name, in degrees.
    pub hue: u16,
}

impl User {
    /// The `Set-Cookie` that forgets who somebody is.
    pub const SIGN_OUT: &str = "name=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

    /// The user of this name, if it can be one.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        let fits = (1..=MAX_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control);
        fits.then(|| Self { name: name.to_owned(), hue: hue(name) })
    }

    /// The user who asks, by the cookie that [`sign_in`](Self::sign_in) set.
    pub fn of(upgrade: &Upgrade) -> Option<Self> {
        let name = percent_decode_str(upgrade.cookie("name")?).decode_utf8().ok()?;
        Self::named(&name)
    }

    /// The `Set-Cookie` that remembers this user.
    pub fn sign_in(&self) -> String {
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        format!("name={name}; Path=/; HttpOnly; SameSite=Lax")
    }
}

/// A colour that stays the same as long as the name does.
fn hue(name: &str) -> u16 {
    name.bytes().fold(0, |hue, byte| (hue * 67 + u16::from(byte)) % 360)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_has_1_to_40_characters() {
        let name = |name: &str| User::named(name).map(|user| user.name);
        assert_eq!(name(" Ada Lovelace ").as_deref(), Some("Ada Lovelace"));
        assert_eq!(name(&"é".repeat(40)), Some("é".repeat(40)));
        for bad in ["", "  ", "A\nda", &"é".repeat(41)] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_cookie_brings_the_name_back() {
        for name in ["Ada", "Zoë; Path=/x", "囲炉裏 50%"] {
            let user = User::named(name).unwrap();
            let cookie = user.sign_in();
            assert_eq!(User::of(&request(cookie.split(';').next().unwrap())), Some(user));
        }
    }

    #[test]
    fn what_is_no_name_is_nobody() {
        for cookie in ["", "other=Ada", "name=", "name=%20", "name=%FF", "name=A%00da"] {
            assert_eq!(User::of(&request(cookie)), None, "{cookie}");
        }
    }

    fn request(cookie: &str) -> Upgrade {
        let request = http::Request::get("/").header("cookie", cookie);
        Upgrade::new(request.body(()).unwrap().into_parts().0)
    }
}
