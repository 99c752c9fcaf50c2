//! The owner of an upload: the draft or the case that `Upload-Metadata` names.

use super::tus::UPLOAD_METADATA;
use crate::api::headers::unreadable;
use crate::api::problem::{Kind, Problem};
use crate::door::DoorState;
use service::evidence::Holder;
use service::people;
use service::sessions::Session;
use service::token::DraftToken;

/// The owner of an upload.
pub(super) enum To {
    Draft(DraftToken),
    /// The case with this reference; the session's person may see it.
    Case(Session, String),
}

impl To {
    /// Returns the draft or case that the headers name, if the caller may add files to it. Without a name it is the draft, because a
    /// browser may have the draft of one complaint and a session for another.
    pub(super) async fn find(
        state: &DoorState,
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
        let viewer = people::viewer(&state.services, &session, reference).await?;
        let viewer = viewer.ok_or_else(|| Problem::new(Kind::CaseNotFound))?;
        let counted = state.limits.case_file(&session, viewer.reference());
        counted.map_err(|wait| Problem::too_many(wait.seconds))?;
        let reference = viewer.reference().to_owned();
        Ok(Self::Case(session, reference))
    }

    /// The problem when the owner does not exist or is not the caller's.
    pub(super) fn missing(&self) -> Kind {
        match self {
            Self::Draft(_) => Kind::DraftNotFound,
            Self::Case(..) => Kind::CaseNotFound,
        }
    }
}

impl From<&To> for Holder {
    fn from(to: &To) -> Self {
        match to {
            To::Draft(token) => token.into(),
            To::Case(session, _) => Self {
                draft: None,
                session: Some(session.clone()),
            },
        }
    }
}
