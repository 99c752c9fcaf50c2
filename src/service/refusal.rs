//! A refused file on a case: the record says so, whether it was refused before the complaint was sent or after.

use uuid::Uuid;

use super::{ServiceError, Services, hearing, london, views};
use crate::complaint::{
    event::{ActorRole, EventBody},
    form::Choice,
};
use crate::record::{
    RecordError, cases,
    events::{self, NewEvent},
    scans,
    store::Write,
    uploads::{self, Model as Upload, Owner, State},
};

/// Why a file is refused in which a virus was found, as `files.refused.<code>` in `locales/` says it.
pub(super) const VIRUS: &str = "virus";

/// Who puts it on the record.
const SCANNER: &str = "virus scanner";

/// Puts a file's refusal on its case.
pub(super) async fn note(services: &Services, write: &Write, case_id: Uuid, upload: &Upload) -> Result<(), ServiceError> {
    let missing = || RecordError::corrupt("a file of no case");
    let case = cases::lookup(&write.tx(), case_id).await?.ok_or_else(missing)?;
    // Held, so that two events do not want the same place in the chain.
    let case = cases::lock(write, &case.reference).await?.ok_or_else(missing)?;
    let so_far = events::list(&write.tx(), case.id, 0, u64::from(u32::MAX), &[]).await?;
    let standing = views::standing(&so_far)?;
    let scan = scans::lookup(&write.tx(), upload.id).await?;
    let body = EventBody::FileRefused {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        reason: upload.reason.clone().unwrap_or_default(),
        signature: scan.and_then(|scan| scan.signature),
    };
    let event = NewEvent {
        kind: body.kind().to_owned(),
        actor_role: ActorRole::System.code().to_owned(),
        actor_name: Some(SCANNER.to_owned()),
        body: serde_json::to_string(&body).map_err(ServiceError::internal)?,
    };
    events::append(write, case.id, event, services.instant(), &views::projection(standing)).await?;
    let here = hearing::Here {
        write,
        case_id: case.id,
        file: &views::case_file(&case, &so_far)?,
        today: london::date(services.now()),
    };
    hearing::follow(services, &here, None, &body).await.map(|_| ())
}

/// Puts on a case just sent which of its files had been refused before. They must be the case's already: a scanner that finds
/// something at this moment waits for us, and then finds the case.
pub(super) async fn note_earlier(services: &Services, write: &Write, case_id: Uuid) -> Result<(), ServiceError> {
    let files = uploads::list(&write.tx(), Owner::Case(case_id)).await?;
    for upload in files.iter().filter(|file| file.state == State::Refused) {
        note(services, write, case_id, upload).await?;
    }
    Ok(())
}
