//! The credentials by which a client accesses a file.

use crate::access::sessions::Session;
use crate::access::token::DraftToken;

/// A client that holds a draft, is signed in to a case, or both.
///
/// A draft's files are for the holder of its token. A case's files are for signed-in participants, and for the holder of the
/// token of the former draft while the receipt is shown.
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
