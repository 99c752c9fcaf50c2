//! The events of files that the scanner refused or suspects, whether before the complaint was sent or after, and of what a person decided
//! about them.

use super::{
    ServiceError, Services,
    open_case::{By, OpenCase},
};
use crate::complaint::event::{ActorRole, EventBody};
use crate::record::{
    scans,
    uploads::{self, Model as Upload, Owner, State},
};

/// Why a file is refused in which a virus was found, as `files.refused.<code>` in `locales/` says it.
pub(super) const VIRUS: &str = "virus";

/// The actor's name in the event.
const SCANNER: &str = "virus scanner";

/// Appends a file's refusal to its case. It is the act of no one on the case, so everyone there is told.
pub(super) async fn append(services: &Services, case: &mut OpenCase, upload: &Upload) -> Result<(), ServiceError> {
    append_by(services, case, upload, &scanner()).await
}

fn scanner() -> By {
    By {
        role: ActorRole::System,
        name: Some(SCANNER.to_owned()),
    }
}

/// Appends that a file is held. The organisation alone is told: it decides.
pub(super) async fn append_held(services: &Services, case: &mut OpenCase, upload: &Upload) -> Result<(), ServiceError> {
    let body = EventBody::FileHeld {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        signature: upload.suspicion.clone().unwrap_or_default(),
    };
    case.clear_actor();
    case.append(services, &scanner(), &body).await?;
    Ok(())
}

/// The same as [`append`] for a file that somebody else refused.
pub(super) async fn append_by(services: &Services, case: &mut OpenCase, upload: &Upload, by: &By) -> Result<(), ServiceError> {
    let scan = scans::lookup(&case.write.tx(), upload.id).await?;
    let body = EventBody::FileRefused {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        reason: upload.reason.clone().unwrap_or_default(),
        signature: scan.and_then(|scan| scan.signature),
    };
    case.clear_actor();
    case.append(services, by, &body).await?;
    Ok(())
}

/// Appends the refusals and the files that are held from before the complaint was sent. The files must be the case's already: a scanner that refuses one at
/// this moment waits for the transaction, and then finds the case.
pub(super) async fn append_earlier(services: &Services, case: &mut OpenCase) -> Result<(), ServiceError> {
    let files = uploads::list(&case.write.tx(), Owner::Case(case.case.id)).await?;
    for upload in files.iter().filter(|file| file.state == State::Refused) {
        append(services, case, upload).await?;
    }
    for upload in files.iter().filter(|file| file.is_held()) {
        append_held(services, case, upload).await?;
    }
    Ok(())
}
