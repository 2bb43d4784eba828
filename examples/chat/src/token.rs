use std::fmt;

use garde::Validate;
use irori::Upgrade;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::Error};
use serde::{Deserialize, Serialize};

use crate::{clock::Clock, hs256::HS256, text::presentable};

/// Seconds for which a token opens the door: long enough to connect with it. A connection that is open outlives it.
const LIFE: u64 = 60;

/// For whom a token is: one that the same secret has signed for another service opens no door here.
const AUDIENCE: &str = "chat";

/// What stands before a token among the subprotocols.
const PREFIX: &str = "token.";

/// Somebody who has a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct User {
    /// 1 to 40 characters, no blank at either end, none that cannot be seen.
    #[garde(length(chars, min = 1, max = 40), custom(presentable))]
    pub name: String,
}

/// A fresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// The token.
    pub token: String,
    /// Seconds until it opens no door any more.
    pub expires_in: u64,
}

/// Issues tokens and checks them: JWTs (RFC 7519), signed with HMAC-SHA256.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
    clock: Clock,
}

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The user's name.
    sub: String,
    /// [`AUDIENCE`]. Where one is read, `jsonwebtoken` has looked at it, which knows lists of them as well.
    #[serde(skip_deserializing)]
    aud: &'static str,
    /// When it expires, in seconds since the Unix epoch.
    exp: u64,
    /// From when on it is good, if it says so. Ours are at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
}

impl Tokens {
    /// Tokens that are signed with this secret. Who knows it is anybody they like: 32 random bytes are enough.
    pub fn new(secret: &[u8], clock: Clock) -> Self {
        // It fails when that was done before, and then it is there.
        let _ = HS256.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false; // by our own clock, below, as is `nbf`
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        let (signing, checking) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { signing, checking, validation, clock }
    }

    /// A token for this user.
    ///
    /// # Errors
    ///
    /// When it cannot be written or signed, which is nobody's fault but ours.
    pub fn issue(&self, user: &User) -> Result<Ticket, Error> {
        let exp = self.clock.unix_seconds() + LIFE;
        let claims = Claims { sub: user.name.clone(), aud: AUDIENCE, exp, nbf: None };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?;
        Ok(Ticket { token, expires_in: LIFE })
    }

    /// The user who asks to come in, if their token is good.
    pub(crate) fn user(&self, upgrade: &Upgrade) -> Option<User> {
        let claims = decode::<Claims>(presented(upgrade)?, &self.checking, &self.validation).ok()?.claims;
        let now = self.clock.unix_seconds();
        let is_good = claims.exp > now && claims.nbf.is_none_or(|nbf| nbf <= now);
        let user = User { name: claims.sub };
        (is_good && user.validate().is_ok()).then_some(user)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// The token that comes with a request: in `Authorization`, which a page cannot set; among the subprotocols, which it can;
/// or in the query, which stays in the logs of what the request passes.
fn presented(upgrade: &Upgrade) -> Option<String> {
    let header = upgrade.header("authorization").and_then(|value| value.split_once(' '));
    let bearer = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let offered = || upgrade.protocols().find_map(|protocol| protocol.strip_prefix(PREFIX));
    bearer.or_else(offered).map(str::to_owned).or_else(|| upgrade.query("token"))
}
