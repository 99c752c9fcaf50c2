//! The owner of an upload: the draft or the case that `Upload-Metadata` names.

use crate::http::HttpState;
use crate::http::api::headers::unreadable;
use crate::http::api::problem::{Kind, Problem};
use crate::http::api::uploads::tus::UPLOAD_METADATA;
use crate::http::client::ClientAddress;
use service::access::sessions::Session;
use service::access::token::DraftToken;
use service::access::viewer::{self, Viewer};
use service::files::{FileTarget, Holder};

/// The owner of an upload.
pub(crate) enum UploadOwner {
    Draft(DraftToken),
    /// The case that this signed-in person may see.
    Case(Session, Box<Viewer>),
}

impl UploadOwner {
    /// Returns the draft or case that the headers name, if the caller may add files to it. Without a name it is the draft, because a
    /// browser may have the draft of one complaint and a session for another.
    pub(crate) async fn find(
        state: &HttpState,
        (draft, case): (Option<&str>, Option<&str>),
        token: Option<DraftToken>,
        session: Option<Session>,
    ) -> Result<Self, Problem> {
        let Some(reference) = case else {
            let token = token.ok_or_else(|| Problem::new(Kind::DraftTokenMissing))?;
            if draft.is_some_and(|draft| draft != token.id.to_string()) {
                return Err(Problem::new(Kind::DraftNotFound));
            }
            return Ok(Self::Draft(token));
        };
        if draft.is_some() {
            return Err(unreadable(&UPLOAD_METADATA));
        }
        let session = session.ok_or_else(|| Problem::new(Kind::NotSignedIn))?;
        let viewer = viewer::viewer(&state.services, &session, reference).await?;
        let viewer = viewer.ok_or_else(|| Problem::new(Kind::CaseNotFound))?;
        let counted = state.limits.case_file(&viewer);
        counted.map_err(|wait| Problem::too_many(wait.seconds))?;
        Ok(Self::Case(session, Box::new(viewer)))
    }

    /// Returns the owner as the target of a file that comes from this address.
    pub(crate) fn target(&self, from: ClientAddress) -> FileTarget<'_> {
        match self {
            Self::Draft(token) => FileTarget::Draft(token, Some(from.address())),
            Self::Case(_, viewer) => FileTarget::Case(viewer, None),
        }
    }

    /// The problem when the owner does not exist or is not the caller's.
    pub(crate) fn not_found_kind(&self) -> Kind {
        match self {
            Self::Draft(_) => Kind::DraftNotFound,
            Self::Case(..) => Kind::CaseNotFound,
        }
    }
}

impl From<&UploadOwner> for Holder {
    fn from(to: &UploadOwner) -> Self {
        match to {
            UploadOwner::Draft(token) => token.into(),
            UploadOwner::Case(session, _) => Self {
                draft: None,
                session: Some(session.clone()),
            },
        }
    }
}
