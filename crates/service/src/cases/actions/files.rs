//! The check of the files that a case action names.

use uuid::Uuid;

use crate::{Services, open_case::OpenCase};
use complaint::{FieldError, case::person_number::PersonNumber};
use record::{
    RecordError,
    uploads::{self, State},
};

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
