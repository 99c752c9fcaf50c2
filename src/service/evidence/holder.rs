//! Who may speak for a file.

use crate::service::sessions::Session;
use crate::service::token::DraftToken;

/// Whoever holds a draft, is signed in to a case, or both. A draft's files are its holder's; a case's are those of the holder of the
/// draft it was, as long as the receipt is shown, and of whoever is signed in.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    pub draft: Option<DraftToken>,
    pub session: Option<Session>,
}

impl From<&DraftToken> for Holder {
    fn from(token: &DraftToken) -> Self {
        Self {
            draft: Some(token.clone()),
            session: None,
        }
    }
}

impl From<&Self> for Holder {
    fn from(holder: &Self) -> Self {
        holder.clone()
    }
}
