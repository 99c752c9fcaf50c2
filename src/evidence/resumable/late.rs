//! Files that were announced before their complaint was sent: they are its own from then on, and what becomes of each stands on
//! its case, in the same step as the change itself.

use uuid::Uuid;

use super::Resumable;
use crate::complaint::Answers;
use crate::complaint::event::{ActorRole, EventBody, WITHDRAWN};
use crate::complaint::form::Choice;
use crate::evidence::ReceiveError;
use crate::record::{
    Instant, RecordError,
    cases::{self, Projection},
    drafts,
    events::{self, NewEvent},
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

/// Puts on a case that a file is all here.
pub(super) async fn received(write: &Write, case: Uuid, upload: &Upload) -> Result<(), ReceiveError> {
    let body = EventBody::FileReceived {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        sha256: upload.sha256.clone().unwrap_or_default(),
        bytes: upload.bytes.unsigned_abs(),
    };
    note(write, case, &body, true, upload.received_at).await
}

/// Puts on a case that a file will not come. `reason` is a code.
pub(super) async fn not_received(write: &Write, case: Uuid, upload: &Upload, reason: &str, at: Instant) -> Result<(), ReceiveError> {
    let body = EventBody::FileNotReceived {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        reason: reason.to_owned(),
    };
    note(write, case, &body, reason == WITHDRAWN, at).await
}

async fn note(write: &Write, case: Uuid, body: &EventBody, by_sender: bool, at: Instant) -> Result<(), ReceiveError> {
    let missing = || RecordError::corrupt("a file of no case");
    let case = cases::lookup(&write.tx(), case).await?.ok_or_else(missing)?;
    // Held, so that two events do not want the same place in the chain.
    let case = cases::lock(write, &case.reference).await?.ok_or_else(missing)?;
    let actor = if by_sender {
        let answers: Answers = serde_json::from_str(&case.answers).map_err(RecordError::corrupt)?;
        ActorRole::of_sender(&answers)
    } else {
        ActorRole::System
    };
    let event = NewEvent {
        kind: body.kind().to_owned(),
        actor_role: actor.code().to_owned(),
        actor_name: None,
        body: serde_json::to_string(body).map_err(RecordError::corrupt)?,
    };
    // A file moves no case: it stands as it stood.
    let stands = Projection {
        status: case.status,
        due: case.due,
    };
    events::append(write, case.id, event, at, &stands).await?;
    Ok(())
}

impl Resumable {
    /// Removes an upload that is not all here, and says on its case why, when it has one. False when it was all here, or gone,
    /// by now; then nothing changes.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub(super) async fn drop_unfinished(&self, id: Uuid, reason: &str) -> Result<bool, ReceiveError> {
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
        if let Some(case) = case {
            not_received(&write, case, &upload, reason, self.receiver.clock.now().into()).await?;
        }
        write.commit().await?;
        self.unfinished.digests.forget(id);
        self.receiver.files.remove(&upload.storage_key).await?;
        Ok(true)
    }

    /// Takes an upload back that is not all here: whoever brings bytes of it is asked to stop. False when it was all here by then.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn withdraw(&self, id: Uuid) -> Result<bool, ReceiveError> {
        let _halted = self.halt(id).await?;
        self.drop_unfinished(id, WITHDRAWN).await
    }
}
