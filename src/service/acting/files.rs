//! Files on a case that was sent: adding them, and naming them in an act.

use bytes::Bytes;
use futures::Stream;
use uuid::Uuid;

use crate::complaint::{FieldError, act::ActKind, view::FileView};
use crate::record::{
    RecordError,
    uploads::{self, Owner, State},
};
use crate::service::{
    Services,
    evidence::{CaseRegister, FileError, Incoming, Who},
    idempotency::IdempotencyKey,
    open_case::OpenCase,
    people, scanning,
    sessions::Session,
    views,
};

/// Takes a file in and gives it to the case. When this returns it is on disk and on the record, with the event that says so.
/// Whether the caller may is looked up before the bytes are read, and once more with the last of them. A file that the form with
/// this name brought before is not brought again.
///
/// # Errors
/// [`FileError`]; [`FileError::NotFound`] also when it is not for them to do. Then nothing of the file is kept.
pub async fn add_file<E>(
    services: &Services,
    session: &Session,
    reference: &str,
    file: Incoming,
    form: Option<&IdempotencyKey>,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<FileView, FileError>
where
    E: std::error::Error + Send + Sync,
{
    let viewer = people::viewer(services, session, reference).await?;
    let viewer = viewer
        .filter(|viewer| viewer.may(ActKind::Files.scope()))
        .ok_or(FileError::NotFound)?;
    let who = Who::Person(viewer.person.number, session.id);
    let register = CaseRegister::new(services, who).of_form(form);
    let new = file.of(Owner::Case(viewer.case.id));
    let upload = services.receiver().receive_from(stream, new, Some(&register)).await?;
    scanning::wake(services);
    Ok(views::file(services, upload))
}

/// What is wrong with the files an act names: each must be all here, not refused, of this case, and brought by this person.
pub(super) async fn check(services: &Services, case: &OpenCase, person: u8, files: &[String]) -> Result<Vec<FieldError>, RecordError> {
    let limit = services.settings().evidence.files;
    if files.len() as u64 > limit {
        return Ok(vec![FieldError::new("files", "act_files_too_many").with("max", limit)]);
    }
    let mut wrong = Vec::new();
    for (place, id) in files.iter().enumerate() {
        let error = |code| FieldError {
            pointer: format!("/files/{place}").into(),
            ..FieldError::new("files", code)
        };
        // One spelling only: as it was given out. And each once.
        let known = Uuid::try_parse(id)
            .ok()
            .filter(|uuid| uuid.to_string() == *id && !files[..place].contains(id));
        let upload = match known {
            Some(id) => uploads::lookup(&case.write.tx(), id).await?,
            None => None,
        };
        let own = upload.filter(|upload| upload.case_id == Some(case.case.id) && case.file.brought_by(id) == Some(person));
        match own.map(|upload| upload.state) {
            Some(State::Scanning | State::Clean) => {}
            Some(State::Refused) => wrong.push(error("act_file_refused")),
            // What is not all here is not a file yet.
            Some(State::Receiving) | None => wrong.push(error("act_file_unknown")),
        }
    }
    Ok(wrong)
}
