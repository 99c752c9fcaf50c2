//! The events about files that the scanner refused or suspects, and about the desk's decisions on them. The files may have
//! arrived before or after sending.

use crate::{
    ServiceError, Services,
    open_case::{EventActor, OpenCase},
};
use complaint::case::event::{ActorRole, EventBody};
use record::{
    scans,
    uploads::{self, Model as Upload, Owner, State},
};

/// The reason code of a file with a virus. Its text is `files.refused.<code>` in `locales/`.
pub(crate) const VIRUS: &str = "virus";

/// The scanner's name as the actor of an event.
const SCANNER: &str = "virus scanner";

/// Appends the refusal of a file to its case. No participant is the author, so everyone on the case is notified.
pub(crate) async fn append(services: &Services, case: &mut OpenCase, upload: &Upload) -> Result<(), ServiceError> {
    append_by(services, case, upload, &scanner()).await
}

fn scanner() -> EventActor {
    EventActor {
        role: ActorRole::System,
        name: Some(SCANNER.to_owned()),
    }
}

/// Appends that a file is held for a decision. Only the desk sees it, because the desk decides.
pub(crate) async fn append_held(services: &Services, case: &mut OpenCase, upload: &Upload) -> Result<(), ServiceError> {
    let body = EventBody::FileHeld {
        file: upload.id.to_string(),
        filename: upload.filename.clone(),
        signature: upload.suspicion.clone().unwrap_or_default(),
    };
    case.clear_actor();
    case.append(services, &scanner(), &body).await?;
    Ok(())
}

/// Appends the refusal of a file like [`append`], with another actor than the scanner.
pub(crate) async fn append_by(services: &Services, case: &mut OpenCase, upload: &Upload, by: &EventActor) -> Result<(), ServiceError> {
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

/// Appends the events of files that were refused or held for a decision before the complaint was sent.
///
/// The files must belong to the case already: a scanner that refuses one at this moment waits for the transaction, and then
/// finds the case.
pub(crate) async fn append_earlier(services: &Services, case: &mut OpenCase) -> Result<(), ServiceError> {
    let files = uploads::list(&case.write.tx(), Owner::Case(case.case.id)).await?;
    for upload in files.iter().filter(|file| file.state == State::Refused) {
        append(services, case, upload).await?;
    }
    for upload in files.iter().filter(|file| file.is_held()) {
        append_held(services, case, upload).await?;
    }
    Ok(())
}
