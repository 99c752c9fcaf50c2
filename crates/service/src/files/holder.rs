//! The credentials by which a client accesses a file, and what they open.

use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::{
        sessions::Session,
        token::DraftToken,
        viewer::{self, Viewer},
    },
    drafts,
    files::Uploader,
};
use complaint::case::{person_number::SENDER, representation::Scope};
use record::{
    cases,
    uploads::{self, Model as Upload, State},
};

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

/// Returns the file if the holder may see it and has `scope` on its case today. Also returns who the holder is on that case.
pub(super) async fn authorised_file(
    services: &Services,
    holder: &Holder,
    file: Uuid,
    scope: Option<Scope>,
) -> Result<Option<(Upload, Uploader)>, ServiceError> {
    // The file is read first. Sent between the two reads, a draft would not be known as the file's own.
    let Some(upload) = uploads::lookup(&services.store().read, file).await? else {
        return Ok(None);
    };
    let held = match &holder.draft {
        Some(token) => drafts::find(services, token).await?,
        None => None,
    };
    let of_draft = match held {
        Some(held) => is_held(services, &held, &upload).await?,
        None => false,
    };
    let Some(case_id) = upload.case_id else {
        return Ok(of_draft.then_some((upload, Uploader::Sender)));
    };
    let may = |viewer: &Viewer| viewer.sees_file(file) && scope.is_none_or(|scope| viewer.may(scope));
    let signed_in = match &holder.session {
        Some(session) => viewer::viewer_of(services, session, case_id).await?.filter(may),
        None => None,
    };
    let viewer = match signed_in {
        // The token of a submitted draft gives the rights that the sender has on the case.
        None if of_draft => viewer::viewer_by_number(services, case_id, SENDER).await?.filter(may),
        signed_in => signed_in,
    };
    Ok(viewer.map(|viewer| (upload, Uploader::Person(Box::new(viewer)))))
}

/// Returns whether the device with a draft may access a file of it.
///
/// After sending, a device that did not send the complaint may only continue files that were still arriving then. Only the
/// device that announced such a file and the sender know its id.
async fn is_held(services: &Services, held: &drafts::OpenDraft, upload: &Upload) -> Result<bool, ServiceError> {
    if upload.draft_id == Some(held.draft.id) {
        return Ok(true);
    }
    let Some(case_id) = upload.case_id.filter(|id| held.draft.case_id == Some(*id)) else {
        return Ok(false);
    };
    if held.has_sent() || upload.state == State::Receiving {
        return Ok(true);
    }
    let case = cases::lookup(&services.store().read, case_id).await?;
    Ok(case.is_some_and(|case| upload.received_at > case.submitted_at))
}
