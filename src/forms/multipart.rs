//! Taking files out of a posted form while it arrives.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use futures::StreamExt;

use crate::app::components::file_list::size;
use crate::complaint::view::Purpose;
use crate::complaint::{FieldError, Fields};
use crate::service::evidence::{FileError, Incoming, add_file};
use crate::service::sessions::Session;
use crate::service::token::DraftToken;
use crate::service::{Services, acting};
use crate::text::Language;

/// The input the files come in.
pub(super) const FILES: &str = "files";

/// The longest value of any other field that is looked at, in bytes: they are the names of buttons.
const VALUE_MAX: usize = 1000;

/// What a form with files brought.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Its other fields.
    pub(super) fields: Fields,
    /// Whether a file was taken.
    pub(super) any: bool,
    /// Files that were not taken, in the order they came, each with the reason. All others are stored.
    pub(super) refused: Vec<FieldError>,
    /// The draft was sent while the files were on their way, or the case is not theirs.
    pub(super) sent: bool,
}

/// Why a form with files could not be read to its end. Files that were stored before stay.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("form: {0}")]
    Form(#[from] MultipartError),
}

impl Broken {
    /// The status that says so: too large, or broken off.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Form(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Where the files of a form go.
#[derive(Clone, Copy, Debug)]
pub(super) enum To<'a> {
    Draft(&'a DraftToken),
    /// The case with this reference, for somebody signed in.
    Case(&'a Session, &'a str),
}

/// Stores every file of a form in a draft or a case. Each is read to its end whether it is taken or not: a browser shows the answer
/// only once it has sent everything.
pub(super) async fn take(
    services: &Services,
    to: To<'_>,
    purpose: Purpose,
    mut form: Multipart,
    language: Language,
) -> Result<Brought, Broken> {
    let mut brought = Brought::default();
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(filename) = field.file_name().map(str::to_owned) else {
            if let Some(value) = value(&mut field).await? {
                brought.fields.0.push((name, value));
            }
            continue;
        };
        // With no file chosen, a browser sends a part with neither name nor content.
        if name != FILES || filename.is_empty() {
            continue;
        }
        let file = Incoming {
            filename: filename.clone(),
            purpose,
            declared_len: None,
        };
        let added = match to {
            To::Draft(token) => add_file(services, token, file, field.by_ref()).await,
            To::Case(session, reference) => acting::add_file(services, session, reference, file, field.by_ref()).await,
        };
        match added {
            Ok(_) => brought.any = true,
            Err(FileError::AlreadySent { .. } | FileError::NotFound) => brought.sent = true,
            Err(error) => brought.refused.push(refusal(error, &filename, language)),
        }
    }
    Ok(brought)
}

/// Reads a form to its end without keeping anything of it.
pub(super) async fn drain(mut form: Multipart) {
    while let Ok(Some(_)) = form.next_field().await {}
}

/// A field that is no file; `None` when it is longer than any we know.
async fn value(field: &mut Field<'_>) -> Result<Option<String>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await? {
        if bytes.len() + piece.len() > VALUE_MAX {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Why a file was not taken, in the person's words.
fn refusal(error: FileError, filename: &str, language: Language) -> FieldError {
    let (code, max) = match error {
        FileError::Empty => ("file_empty", None),
        FileError::TooLarge { limit } => ("file_too_large", Some(size(language, limit))),
        FileError::UnsupportedType => ("file_type_not_allowed", None),
        FileError::Mislabelled => ("file_mislabelled", None),
        FileError::Protected => ("file_protected", None),
        FileError::Macros => ("file_macros", None),
        FileError::Damaged => ("file_damaged", None),
        FileError::TooManyFiles { limit } => ("files_too_many", Some(limit.to_string())),
        FileError::Full { limit } => ("files_full", Some(size(language, limit))),
        error => {
            if let FileError::Service(failure) = &error {
                super::trouble::status(failure);
            }
            ("file_not_stored", None)
        }
    };
    let name = crate::evidence::filename::display_name(filename);
    let error = FieldError::new(FILES, code).with("filename", name);
    match max {
        Some(max) => error.with("max", max),
        None => error,
    }
}
