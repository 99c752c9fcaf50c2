//! `POST /api/v1/uploads`: one request with the whole file, in the shape of tus creation-with-upload.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use utoipa::IntoParams;

use crate::api::headers::{single, unreadable};
use crate::api::identity::HeldDraft;
use crate::api::problem::{Fault, Kind, Limit, Problem, responses};
use crate::complaint::form::Choice;
use crate::complaint::view::{FileView, Purpose};
use crate::door::DoorState;
use crate::service::evidence::{self, FileError, Incoming};

/// A file's bytes: as tus calls them, and as everybody else does.
const BYTES: [&str; 2] = ["application/offset+octet-stream", "application/octet-stream"];

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// The largest number that JSON carries without loss, in bytes.
const LARGEST: u64 = 9_007_199_254_740_991;

/// How much of a refused file is read and thrown away, in bytes, and for how long. A browser that is still sending when
/// the connection closes shows its person a broken connection in place of our answer.
const DRAIN_BYTES: usize = 256 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(30);

/// What the headers of an upload say.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive only")]
struct UploadHeaders {
    /// The file's size in bytes
    #[param(rename = "Upload-Length", minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    length: u64,
    /// Pairs of a name and a value in base64, with commas between: `filename`, `filetype` (a hint: the type is found from
    /// the content), `purpose` (`evidence` when left out, `landlord_letter`, `authority`), `draft` (its id)
    #[param(rename = "Upload-Metadata", required = false, nullable = false, value_type = String, example = "filename bGV0dGVyLnBkZg==,purpose ZXZpZGVuY2U=")]
    metadata: Option<String>,
    /// The version of the tus protocol
    #[param(rename = "Tus-Resumable", required = false, nullable = false, value_type = String, pattern = r"^1\.0\.0$")]
    tus: Option<String>,
}

/// Adds a file to a draft.
///
/// The whole file in one request. It is stored and on record when the answer comes; nobody can open it before it is
/// checked for viruses.
#[utoipa::path(
    post,
    path = "/api/v1/uploads",
    operation_id = "addFile",
    tag = "Evidence",
    params(UploadHeaders),
    request_body(content(
        (Vec<u8> = "application/offset+octet-stream"),
        (Vec<u8> = "application/octet-stream"),
    ), description = "The file's bytes"),
    responses(
        (status = 201, description = "The file is stored.", body = FileView, headers(
            ("Location" = String, description = "The upload's address"),
            ("Upload-Offset" = u64, description = "How many bytes are here"),
            ("Tus-Resumable" = String),
        )),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    HeldDraft(token): HeldDraft,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut stream = body.into_data_stream();
    let received = async {
        let token = token.ok_or_else(|| Problem::new(Kind::DraftTokenMissing))?;
        let said = Said::read(&headers)?;
        if said.draft.is_some_and(|draft| draft != token.id.to_string()) {
            return Err(Problem::new(Kind::DraftNotFound));
        }
        let name = said.file.filename.clone();
        let added = evidence::add_file(&state.services, &token, said.file, &mut stream).await;
        added.map_err(|e| refused(e, name))
    };
    match received.await {
        Ok(file) => Ok(created(file)),
        Err(problem) => {
            drain(stream).await;
            Err(problem)
        }
    }
}

/// What the headers said about the file to come.
struct Said {
    file: Incoming,
    draft: Option<String>,
}

impl Said {
    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let given = single(headers, &header::CONTENT_TYPE)?.unwrap_or_default();
        if !BYTES.iter().any(|bytes| given.trim().eq_ignore_ascii_case(bytes)) {
            return Err(Problem::new(Kind::MediaTypeNotSupported));
        }
        if single(headers, &TUS_RESUMABLE)?.is_some_and(|version| version != "1.0.0") {
            return Err(unreadable(&TUS_RESUMABLE));
        }
        let length = single(headers, &UPLOAD_LENGTH)?
            .and_then(|n| n.parse().ok())
            .filter(|n| *n <= LARGEST);
        let mut said = Self {
            file: Incoming {
                filename: String::new(),
                purpose: Purpose::Evidence,
                declared_len: Some(length.ok_or_else(|| unreadable(&UPLOAD_LENGTH))?),
            },
            draft: None,
        };
        let metadata = single(headers, &UPLOAD_METADATA)?.unwrap_or_default();
        for pair in metadata.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            said.take(pair).ok_or_else(|| unreadable(&UPLOAD_METADATA))?;
        }
        Ok(said)
    }

    /// Takes in one pair; `None` when it cannot be read. Names that are not ours are passed over, as tus asks.
    fn take(&mut self, pair: &str) -> Option<()> {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        match name {
            "filename" => self.file.filename = value,
            "purpose" => self.file.purpose = Purpose::parse(&value)?,
            "draft" => self.draft = Some(value),
            _ => {}
        }
        Some(())
    }
}

fn created(file: FileView) -> Response {
    let location = HeaderValue::try_from(format!("/api/v1/uploads/{}", file.id)).unwrap_or(HeaderValue::from_static("/"));
    let headers = [
        (header::LOCATION, location),
        (UPLOAD_OFFSET, file.bytes.into()),
        (TUS_RESUMABLE, HeaderValue::from_static("1.0.0")),
    ];
    (StatusCode::CREATED, headers, Json(file)).into_response()
}

async fn drain(mut stream: BodyDataStream) {
    let reading = async {
        let mut seen = 0;
        while let Some(Ok(piece)) = stream.next().await {
            seen += piece.len();
            if seen > DRAIN_BYTES {
                break;
            }
        }
    };
    // Whichever end comes first, the answer goes out next.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// The problem of a file that was not taken; with its name, for the person who sent several.
pub(super) fn refused(error: FileError, name: String) -> Problem {
    let (kind, code, limit) = match error {
        FileError::Empty => (Kind::FileEmpty, "file_empty", None),
        FileError::TooLarge { limit } => (Kind::FileTooLarge, "file_too_large", Some(Limit::Bytes(limit))),
        FileError::UnsupportedType => (Kind::FileTypeNotAllowed, "file_type_not_allowed", None),
        FileError::Mislabelled => (Kind::FileMislabelled, "file_mislabelled", None),
        FileError::Protected => (Kind::FileProtected, "file_protected", None),
        FileError::Macros => (Kind::FileMacros, "file_macros", None),
        FileError::Damaged => (Kind::FileDamaged, "file_damaged", None),
        FileError::TooManyFiles { limit } => (Kind::FilesTooMany, "files_too_many", Some(Limit::Count(limit))),
        FileError::Full { limit } => (Kind::FilesFull, "files_full", Some(Limit::Bytes(limit))),
        FileError::Interrupted => (Kind::UploadIncomplete, "file_not_stored", None),
        FileError::PlaceStays => return Problem::new(Kind::PlaceStays),
        FileError::Wrong(errors) => return Problem::rules(errors),
        FileError::NotFound => return Problem::new(Kind::DraftNotFound),
        FileError::AlreadySent { .. } => return Problem::new(Kind::AlreadySent),
        FileError::Service(e) => return Problem::service(&e),
    };
    Problem::new(kind).because([Fault::file(code, name, limit)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(metadata: &'static str) -> Option<(String, Purpose, Option<String>)> {
        let headers = HeaderMap::from_iter([
            (header::CONTENT_TYPE, HeaderValue::from_static(BYTES[0])),
            (UPLOAD_LENGTH, HeaderValue::from_static("3")),
            (UPLOAD_METADATA, HeaderValue::from_static(metadata)),
        ]);
        let said = Said::read(&headers).ok()?;
        Some((said.file.filename, said.file.purpose, said.draft))
    }

    #[test]
    fn metadata_is_pairs_of_a_name_and_base64() {
        let letter = read("filename c2nDtG4ucGRm, purpose bGFuZGxvcmRfbGV0dGVy,draft YQ==,is_confidential");
        assert_eq!(letter, Some(("siôn.pdf".into(), Purpose::LandlordLetter, Some("a".into()))));
        assert_eq!(read(""), Some((String::new(), Purpose::Evidence, None)));
        for wrong in ["filename !!", "purpose bm9uc2Vuc2U=", "filename /w=="] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
