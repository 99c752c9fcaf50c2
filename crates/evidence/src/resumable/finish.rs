//! Finishing an upload after its last byte.

use crate::digest::FileDigest;
use crate::inspect::Facts;
use crate::resumable::writer_lease::{WriterLease, signed};
use crate::resumable::{Progress, Resumable, after_submission};
use crate::sink::{NO_PIECES, Sink};
use crate::{CaseRecorder, ReceiveError};
use record::{
    upload_progress,
    uploads::{self, Model as Upload},
};

impl Resumable {
    /// Moves the complete file to its key, inspects it, and records everything in one transaction.
    pub(crate) async fn finish(
        &self,
        place: &WriterLease,
        before: Progress,
        mut sink: Sink,
        register: &dyn CaseRecorder,
    ) -> Result<Progress, ReceiveError> {
        let mut upload = before.upload;
        let whole = match sink.finish().await {
            Ok(whole) => whole,
            Err(e) => {
                sink.discard().await;
                return Err(e);
            }
        };
        let facts = self.receiver.examine(&upload, &whole).await?;
        match self.put_on_record(place, &mut upload, (whole, facts), register).await {
            Ok(()) => sink.recorded().await,
            Err(ReceiveError::NotFound) => {
                // The upload was removed meanwhile: its bytes are removed too.
                self.receiver.files.remove(&upload.storage_key).await?;
                return Err(ReceiveError::NotFound);
            }
            Err(e) => return Err(e),
        }
        Ok(Progress {
            offset: before.length,
            expires_at: None,
            upload,
            ..before
        })
    }

    async fn put_on_record(
        &self,
        place: &WriterLease,
        upload: &mut Upload,
        (whole, facts): (FileDigest, Facts),
        register: &dyn CaseRecorder,
    ) -> Result<(), ReceiveError> {
        self.receiver.complete(upload, whole, facts);
        let write = self.receiver.store.begin().await?;
        // A file that was announced for the case, or for a draft that is sent by now, belongs to the case.
        let case = after_submission::case_of_upload(&write, upload).await?;
        let step = upload_progress::ProgressUpdate {
            upload: place.upload,
            writer: place.writer,
            from: signed(place.safe.received),
            to: upload.bytes,
            pieces: NO_PIECES.to_owned(),
            expires_at: self.expiry(),
            continues: false,
        };
        if !upload_progress::advance(&write, step).await? {
            let is_gone = uploads::lookup(&write.tx(), upload.id).await?.is_none();
            return Err(if is_gone { ReceiveError::NotFound } else { ReceiveError::TakenOver });
        }
        if !uploads::complete(&write, upload).await? {
            return Err(ReceiveError::NotFound);
        }
        match case {
            Some(case) => register.record_arrival(write, case, upload).await.map(|_| ()),
            None => Ok(write.commit().await?),
        }
    }
}
