//! Storing the files of a posted form while it arrives.

mod form;

use axum::extract::multipart::{Field, MultipartError};
use axum::http::{HeaderMap, StatusCode, header};

use crate::app::components::file_list::size;
use crate::http::limits::RetryAfter;
use crate::http::pages::body::{FIELDS_MAX, FORM_MAX};
use crate::http::pages::trouble;
use crate::http::pages::visit::Visit;
use complaint::questionnaire::question::Purpose;
use complaint::{FieldError, Fields};
use evidence::{FileLimit, filename::display_name};
use service::files::{FileError, FileTarget, Incoming, add_file};
use service::idempotency::IdempotencyKey;
use text::Language;

pub(crate) use form::FilesForm;
use form::read_on;

/// The name of the file input.
pub(crate) const FILES: &str = "files";

/// The longest value of any other field of a draft's form with files, in bytes. Such fields are names of buttons.
const VALUE_MAX: usize = 1000;

/// The content of a form with files.
#[derive(Debug, Default)]
pub(crate) struct ReceivedForm {
    /// The fields that are not files.
    pub(crate) fields: Fields,
    /// The ids of files that were stored, now or by an earlier post of the same form.
    pub(crate) taken: Vec<String>,
    /// The names of files that were read and discarded.
    pub(crate) dropped: Vec<String>,
    /// The rate limit for files was reached: the discarded files may be sent after this time.
    pub(crate) too_many: Option<RetryAfter>,
    /// The errors of refused files, in the order in which the files came. All other files are stored.
    pub(crate) refused: Vec<FieldError>,
    /// The complaint was sent while the files were arriving, or the case is no longer theirs.
    pub(crate) sent: bool,
    /// Why the form could not be read to its end. The other fields contain what came before.
    pub(crate) broken: Option<Broken>,
}

/// Why a form with files could not be read to its end. Files that were stored before stay.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("form: {0}")]
    Form(#[from] MultipartError),
    #[error("the form is longer than allowed")]
    TooLong,
}

impl Broken {
    /// Returns the response status: too large, or interrupted.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Stores every file of a form in a draft or a case, or nowhere if the sender may not add files. Each file is read to its end whether it
/// is stored or not: a browser shows the response only once it has sent everything.
pub(crate) async fn take(visit: &Visit, to: Option<FileTarget<'_>>, purpose: Purpose, mut form: FilesForm) -> ReceivedForm {
    let mut brought = ReceivedForm::default();
    match fill(&mut brought, visit, to, purpose, &mut form).await {
        Ok(()) => {}
        Err(broken) => {
            if matches!(broken, Broken::TooLong) {
                form.drain().await;
            }
            brought.broken = Some(broken);
        }
    }
    brought
}

async fn fill(
    brought: &mut ReceivedForm,
    visit: &Visit,
    to: Option<FileTarget<'_>>,
    purpose: Purpose,
    form: &mut FilesForm,
) -> Result<(), Broken> {
    let is_draft = matches!(to, Some(FileTarget::Draft(..)));
    let mut written = 0;
    while let Some(mut field) = form.next().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(filename) = field.file_name().map(unescaped) else {
            let max = if is_draft { VALUE_MAX } else { FORM_MAX - written.min(FORM_MAX) };
            match value(&mut field, max).await? {
                Some(value) => {
                    written += name.len() + value.len();
                    brought.fields.0.push((name, value));
                }
                None if is_draft => read_on(&mut field).await?,
                None => return Err(Broken::TooLong),
            }
            if brought.fields.0.len() > FIELDS_MAX {
                return Err(Broken::TooLong);
            }
            continue;
        };
        // With no file chosen, a browser sends a part with neither name nor content.
        if name == FILES && !filename.is_empty() {
            file(brought, visit, to, purpose, filename, &mut field).await;
        }
        read_on(&mut field).await?;
    }
    Ok(())
}

/// Decodes a file name: browsers percent-encode the three characters that would end it (HTML, 4.10.21.8), and no others.
fn unescaped(filename: &str) -> String {
    filename.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// Stores one file, or records why it is not stored.
async fn file(
    brought: &mut ReceivedForm,
    visit: &Visit,
    to: Option<FileTarget<'_>>,
    purpose: Purpose,
    filename: String,
    field: &mut Field<'_>,
) {
    let (services, from) = (visit.services(), visit.from);
    let file = Incoming {
        filename: filename.clone(),
        purpose,
        declared_len: None,
    };
    // A file that gets no upload permit in time is refused as "not stored": it may be sent again.
    let Some(_permit) = visit.http().upload_permits.take(from).await else {
        let name = display_name(&filename);
        brought
            .refused
            .push(FieldError::new(FILES, "file_not_stored").with("filename", name));
        return;
    };
    // The key comes before the files in the form.
    let key = IdempotencyKey::parse(brought.fields.raw("key"));
    let to = match to {
        Some(FileTarget::Case(viewer, _)) => match visit.limits().case_file(viewer) {
            Ok(()) => Some(FileTarget::Case(viewer, key.as_ref())),
            Err(wait) => {
                brought.too_many = Some(wait);
                None
            }
        },
        other => other,
    };
    let Some(to) = to else {
        brought.dropped.push(filename);
        return;
    };
    match add_file(services, to, file, field).await {
        Ok(file) => brought.taken.push(file.id),
        Err(FileError::AlreadySent { .. } | FileError::NotFound) => brought.sent = true,
        Err(error) => brought.refused.push(refusal(&error, &filename, visit.language())),
    }
}

/// Whether a request has a form that may contain files.
pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Reads a field that is not a file; `None` if it is longer than `max` bytes.
async fn value(field: &mut Field<'_>, max: usize) -> Result<Option<String>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await? {
        if bytes.len() + piece.len() > max {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Returns why a file was refused, in the person's words.
fn refusal(error: &FileError, filename: &str, language: Language) -> FieldError {
    if let FileError::Service(failure) = error {
        trouble::status(failure);
    }
    let (code, limit) = match error {
        FileError::Receive(error) => (error.code(), error.limit()),
        _ => ("file_not_stored", None),
    };
    let error = FieldError::new(FILES, code).with("filename", display_name(filename));
    match limit {
        Some(FileLimit::Bytes(bytes)) => error.with("max", size(language, bytes)),
        Some(FileLimit::Count(count)) => error.with("max", count),
        None => error,
    }
}
