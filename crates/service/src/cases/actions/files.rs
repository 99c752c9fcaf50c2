//! Files on a submitted case: adding them, and checking those that a case action names.

use crate::file_view;
use bytes::Bytes;
use futures::Stream;
use uuid::Uuid;

use crate::{
    Services,
    access::viewer::Viewer,
    files::{CaseFileEvents, FileError, Incoming, Uploader, scanning},
    idempotency::IdempotencyKey,
    open_case::OpenCase,
};
use complaint::{
    FieldError,
    case::{actions::CaseActionKind, person_number::PersonNumber},
};
use contract::FileView;
use record::{
    RecordError,
    uploads::{self, Owner, State},
};

/// Receives a file and adds it to the case.
///
/// On return the file is on disk and on the record, together with its event. After an error nothing of the file is stored.
/// The caller's right is checked before the bytes are read, and again with the last byte; without it the result is
/// [`FileError::NotFound`]. A file that a form with the same idempotency key has already brought is not added again.
pub async fn add_file<E>(
    services: &Services,
    viewer: &Viewer,
    file: Incoming,
    form: Option<&IdempotencyKey>,
    stream: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<FileView, FileError>
where
    E: std::error::Error + Send + Sync,
{
    if !viewer.may(CaseActionKind::Files.scope()) {
        return Err(FileError::NotFound);
    }
    let register = CaseFileEvents::new(services, Uploader::Person(Box::new(viewer.clone()))).of_form(form);
    let new = file.of(Owner::Case(viewer.case.id));
    let upload = services.receiver().receive_from(stream, new, Some(&register)).await?;
    scanning::wake(services);
    Ok(file_view::file(services, upload))
}

/// Checks the files that a case action names. Each must be complete, not refused, on this case, and uploaded by this person.
pub(crate) async fn check(
    services: &Services,
    case: &OpenCase,
    person: PersonNumber,
    files: &[String],
) -> Result<Vec<FieldError>, RecordError> {
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
        // An id has one spelling, the one that the server gave out, and may be named once.
        let known = Uuid::try_parse(id)
            .ok()
            .filter(|uuid| uuid.to_string() == *id && !files[..place].contains(id));
        let upload = match known {
            Some(id) => uploads::lookup(&case.write.tx(), id).await?,
            None => None,
        };
        let own = upload.filter(|upload| upload.case_id == Some(case.case.id) && case.file.file_sender(id) == Some(person));
        match own.map(|upload| upload.state) {
            Some(State::Scanning | State::Clean) => {}
            Some(State::Refused) => wrong.push(error("act_file_refused")),
            // An upload that is still arriving is not a file yet.
            Some(State::Receiving) | None => wrong.push(error("act_file_unknown")),
        }
    }
    Ok(wrong)
}
