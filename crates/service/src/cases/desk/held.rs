//! The desk's decisions about files that the virus scanner suspects.

use crate::file_view;
use serde::Deserialize;
use uuid::Uuid;

use crate::cases::desk::Caller;
use crate::{
    ServiceError, Services,
    error::from_record_error,
    files::{refusal, scanning},
    open_case::{EventActor, OpenCase},
};
use complaint::{
    case::event::{ActorRole, EventBody},
    fields::reference::Reference,
};
use contract::FileView;
use record::{
    RecordError, cases, desk_calls,
    scans::{self, NewVerdict, ScanVerdict},
    uploads,
};

/// The decision about a suspected file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileDecision {
    /// The file may be opened.
    Release,
    /// The file is refused, like one with a virus.
    Refuse,
}

/// Why no decision was recorded.
#[derive(Debug, thiserror::Error)]
pub enum HeldError {
    /// The case does not exist, or has no such file.
    #[error("no such file")]
    NotFound,
    /// The file waits for no decision: it was never suspected, or was decided before.
    #[error("the file does not wait for a decision")]
    NotHeld,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(HeldError);

/// Releases or refuses a suspected file of a case. The event on the case contains the caller's name.
pub async fn decide_file(
    services: &Services,
    caller: &Caller,
    reference: &str,
    file: Uuid,
    decision: FileDecision,
) -> Result<FileView, HeldError> {
    let reference = Reference::parse(reference).ok_or(HeldError::NotFound)?;
    let mut case = OpenCase::lock(services, reference.as_str()).await?.ok_or(HeldError::NotFound)?;
    let upload = uploads::lookup(&case.write.tx(), file).await?;
    upload
        .filter(|upload| upload.case_id == Some(case.case.id))
        .ok_or(HeldError::NotFound)?;
    let refused = decision == FileDecision::Refuse;
    let found = NewVerdict {
        verdict: if refused { ScanVerdict::Infected } else { ScanVerdict::Clean },
        signature: None,
        engine: String::new(),
        at: services.instant(),
        reason: refused.then_some(refusal::VIRUS),
    };
    let upload = scans::record_decision(&case.write, file, &found).await?.ok_or(HeldError::NotHeld)?;
    let by = EventActor {
        role: ActorRole::Organisation,
        name: Some(caller.name().to_owned()),
    };
    if refused {
        refusal::append_by(services, &mut case, &upload, &by).await?;
    } else {
        let body = EventBody::FileReleased {
            file: upload.id.to_string(),
            filename: upload.filename.clone(),
            signature: upload.suspicion.clone().unwrap_or_default(),
        };
        case.append(services, &by, &body).await?;
    }
    let action = format!("decide on file {file}");
    desk_calls::add(&case.write, services.instant(), caller.name(), &action, Some(reference.as_str())).await?;
    case.commit().await?;
    // The scanning task moves the bytes of a refused file into quarantine.
    scanning::wake(services);
    Ok(file_view::file(services, upload))
}

/// Releases or refuses a suspected file by its id alone, for the command line.
///
/// A file of an unsent draft belongs to no case: the result is [`HeldError::NotFound`].
pub async fn decide_file_by_id(services: &Services, caller: &Caller, file: Uuid, decision: FileDecision) -> Result<FileView, HeldError> {
    let db = &services.store().read;
    let upload = uploads::lookup(db, file).await?.ok_or(HeldError::NotFound)?;
    let case_id = upload.case_id.ok_or(HeldError::NotFound)?;
    let case = cases::lookup(db, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("the case of a file is missing"))?;
    decide_file(services, caller, &case.reference, file, decision).await
}
