//! Uploads that complete or fail after their complaint was sent: they belong to the case from then on.
//!
//! What happens to each such file is recorded on its case, in the transaction that changes the file.

use uuid::Uuid;

use crate::resumable::Resumable;
use crate::{CaseRecorder, ReceiveError};
use complaint::case::event::UPLOAD_CANCELLED;
use record::{
    drafts,
    store::Write,
    uploads::{self, Model as Upload, State},
};

/// Returns the case an upload belongs to, and sets it in `upload`. Returns `None` while the complaint is unsent.
///
/// Locks the draft until the transaction ends: sending the complaint waits, and then sees what is written here.
pub(crate) async fn case_of_upload(write: &Write, upload: &mut Upload) -> Result<Option<Uuid>, ReceiveError> {
    if let Some(id) = upload.draft_id {
        let case = if let Some(draft) = drafts::lock(write, id).await? {
            draft.case_id
        } else {
            // The draft no longer exists. If it was sent, the file is the case's; otherwise the file was removed with the draft.
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
    /// Removes an incomplete upload and, if it belongs to a case, records the reason there.
    ///
    /// Returns false, and changes nothing, if the upload is complete or gone by now.
    pub(crate) async fn drop_unfinished(&self, id: Uuid, reason: &str, register: &dyn CaseRecorder) -> Result<bool, ReceiveError> {
        let write = self.receiver.store.begin().await?;
        let upload = uploads::lookup(&write.tx(), id).await?;
        let Some(mut upload) = upload.filter(|upload| upload.state == State::Receiving) else {
            return Ok(false);
        };
        let case = match case_of_upload(&write, &mut upload).await {
            Err(ReceiveError::NotFound) => return Ok(false),
            found => found?,
        };
        // If the last byte was recorded first, the upload stays.
        if !uploads::remove_unfinished(&write, id).await? {
            return Ok(false);
        }
        match case {
            Some(case) => register.record_failure(write, case, &upload, reason).await?,
            None => write.commit().await?,
        }
        self.unfinished.digests.forget(id);
        self.receiver.files.remove(&upload.storage_key).await?;
        Ok(true)
    }

    /// Withdraws an incomplete upload, stopping the request that sends its bytes. Returns false if it was complete by then.
    pub async fn withdraw(&self, id: Uuid, register: &dyn CaseRecorder) -> Result<bool, ReceiveError> {
        let _halted = self.stop_writer(id).await?;
        self.drop_unfinished(id, UPLOAD_CANCELLED, register).await
    }
}
