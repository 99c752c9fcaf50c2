//! Who brings a file to a case that was sent.

use uuid::Uuid;

use crate::complaint::event::{ActorRole, EventBody};
use crate::complaint::form::Choice;
use crate::record::{
    RecordError,
    cases::{self, Projection},
    events::{self, NewEvent},
    store::Write,
    uploads::Model as Upload,
};

/// Somebody on the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bringer {
    pub role: ActorRole,
    pub name: String,
}

impl Bringer {
    /// Puts on the case that the file came, and from whom.
    pub(super) async fn put_on_case(&self, write: &Write, case: Uuid, upload: &Upload) -> Result<(), RecordError> {
        let missing = || RecordError::corrupt("a file of no case");
        let case = cases::lookup(&write.tx(), case).await?.ok_or_else(missing)?;
        // Held, so that two events do not want the same place in the chain.
        let case = cases::lock(write, &case.reference).await?.ok_or_else(missing)?;
        let body = EventBody::FileReceived {
            file: upload.id.to_string(),
            filename: upload.filename.clone(),
            sha256: upload.sha256.clone().unwrap_or_default(),
            bytes: upload.bytes.unsigned_abs(),
        };
        let event = NewEvent {
            kind: body.kind().to_owned(),
            actor_role: self.role.code().to_owned(),
            actor_name: Some(self.name.clone()),
            body: serde_json::to_string(&body).map_err(RecordError::corrupt)?,
        };
        // A file moves no case: it stands as it stood.
        let stands = Projection {
            status: case.status,
            due: case.due,
        };
        events::append(write, case.id, event, upload.received_at, &stands).await?;
        Ok(())
    }
}
