//! Secret tokens of drafts, sessions and API keys. Only a hash of each is stored.

use std::fmt;
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use record::entropy::{Entropy, bytes};

/// 32 random bytes, written in base64url.
///
/// With 256 bits guessing is hopeless. So a plain SHA-256 is stored, and the duration of a lookup by it reveals nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        Self(bytes(entropy))
    }

    /// Parses base64url. `None` if the text cannot be a token.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok()).map(Self)
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Writes the secret itself, for its holder. Never log it.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The credential of a device that holds a draft, in the cookie and as a bearer token: `<draft id>.<draft key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftToken {
    pub id: Uuid,
    /// The device's draft key.
    pub secret: Token,
}

/// The error for text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a draft token")]
pub struct NotAToken;

impl FromStr for DraftToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let (id, secret) = text.split_once('.').ok_or(NotAToken)?;
        let id = Uuid::try_parse(id).map_err(|_| NotAToken)?;
        Ok(Self {
            id,
            secret: Token::parse(secret).ok_or(NotAToken)?,
        })
    }
}

impl fmt::Display for DraftToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::entropy::SeededEntropy;

    #[test]
    fn a_draft_token_reads_back_and_debug_keeps_it_secret() {
        let token = DraftToken {
            id: Uuid::nil(),
            secret: Token::draw(&SeededEntropy::new(1)),
        };
        assert_eq!(token.to_string().parse(), Ok(token.clone()));
        assert!(!format!("{token:?}").contains(&token.secret.to_string()));
        for wrong in [
            "",
            ".",
            "x.y",
            &token.secret.to_string(),
            &format!("{}.short", token.id),
            &format!("{token}x"),
        ] {
            assert_eq!(wrong.parse::<DraftToken>(), Err(NotAToken), "{wrong}");
        }
    }
}
