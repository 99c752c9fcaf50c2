//! Whose an upload is when its last byte comes, or when it is clear that it will not come: files that were announced before their
//! complaint was sent are the case's from then on. What becomes of each stands on its case, in the same step as the change itself.

use uuid::Uuid;

use super::Resumable;
use crate::complaint::event::WITHDRAWN;
use crate::evidence::{ReceiveError, Register};
use crate::record::{
    drafts,
    store::Write,
    uploads::{self, Model as Upload, State},
};

/// The case an upload belongs to, and from now on `upload` too; `None` as long as its complaint is not sent. The draft is held
/// until the transaction ends: sending waits, and then finds what is written here.
pub(super) async fn whose(write: &Write, upload: &mut Upload) -> Result<Option<Uuid>, ReceiveError> {
    if let Some(id) = upload.draft_id {
        let case = if let Some(draft) = drafts::lock(write, id).await? {
            draft.case_id
        } else {
            // The receipt was put away since: the file is the case's, or gone with an unsent draft.
            let row = uploads::lookup(&write.tx(), upload.id).await?;
            Some(row.and_then(|row| row.case_id).ok_or(ReceiveError::NotFound)?)
        };
        if case.is_some() {
            (upload.draft_id, upload.case_id) = (None, case);
        }
    }
    Ok(upload.case_id)
}

impl Resumable {
    /// Removes an upload that is not all here, and says on its case why, when it has one. False when it was all here, or gone,
    /// by now; then nothing changes.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub(super) async fn drop_unfinished(&self, id: Uuid, reason: &str, register: &dyn Register) -> Result<bool, ReceiveError> {
        let write = self.receiver.store.begin().await?;
        let upload = uploads::lookup(&write.tx(), id).await?;
        let Some(mut upload) = upload.filter(|upload| upload.state == State::Receiving) else {
            return Ok(false);
        };
        let case = match whose(&write, &mut upload).await {
            Err(ReceiveError::NotFound) => return Ok(false),
            found => found?,
        };
        // Who was quicker with the last byte has won.
        if !uploads::remove_unfinished(&write, id).await? {
            return Ok(false);
        }
        match case {
            Some(case) => register.missed(write, case, &upload, reason).await?,
            None => write.commit().await?,
        }
        self.unfinished.digests.forget(id);
        self.receiver.files.remove(&upload.storage_key).await?;
        Ok(true)
    }

    /// Takes an upload back that is not all here: whoever brings bytes of it is asked to stop. False when it was all here by then.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn withdraw(&self, id: Uuid, register: &dyn Register) -> Result<bool, ReceiveError> {
        let _halted = self.halt(id).await?;
        self.drop_unfinished(id, WITHDRAWN, register).await
    }
}
